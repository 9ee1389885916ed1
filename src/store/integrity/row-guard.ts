import type { AuditStore } from '../../audit/audit-log.ts';
import type { DataKeyLearner } from '../../sealing/data-key-store.ts';
import type { Integrity } from '../../sealing/integrity.ts';
import type { MacOf } from './row-macs.ts';

/** What a store needs of the master key; a process that looks at a database without the master key has none of it. */
export interface StoreKeys {
  /** Undefined until it was opened. */
  integrity?: Integrity;
  /** Undefined in a process that opens no sealed values. */
  dataKeys?: DataKeyLearner;
  /** Undefined where the audit log is not written, or only directly. */
  audit?: OpenAuditRecords;
}

/** What is done with audit records that are not in the chain yet. */
export interface OpenAuditRecords {
  close(stores: { readonly audit: AuditStore }): Promise<void>;
  /** One will soon be committed. */
  onOpen(): void;
}

/** Makes and checks the MACs of rows, inside one transaction. */
export class RowGuard {
  readonly #keys: StoreKeys;
  readonly #auditSequence: () => Promise<number>;

  constructor(keys: StoreKeys, auditSequence: () => Promise<number>) {
    this.#keys = keys;
    this.#auditSequence = auditSequence;
  }

  /** @throws Error in a store that was given no key: nothing is written that would not be deployed */
  mac({ kind, parts }: MacOf): Buffer {
    const { integrity } = this.#keys;
    if (integrity === undefined)
      throw new Error('A store without the integrity key writes nothing that is deployed');
    return integrity.mac(kind, parts);
  }

  /** Whether the row was altered outside keyplane. Without a key this is unknown, and never reported. */
  isAltered({ kind, parts }: MacOf, mac: Buffer | null): boolean {
    const { integrity } = this.#keys;
    if (integrity === undefined) return false;
    return mac === null || !integrity.mac(kind, parts).equals(mac);
  }

  /** Of the newest audit record; the record of what is being written comes after it. */
  auditSequence(): Promise<number> {
    return this.#auditSequence();
  }
}
