import type { Integrity } from '../../sealing/integrity.ts';
import type { MacOf } from './row-macs.ts';

/** The key of a store: undefined until it was opened, and for whoever looks at a database without its master key. */
export interface IntegrityHolder {
  current: Integrity | undefined;
}

/** Makes and checks the MACs of rows, inside one transaction. */
export class RowGuard {
  readonly #holder: IntegrityHolder;
  readonly #auditSequence: () => Promise<number>;

  constructor(holder: IntegrityHolder, auditSequence: () => Promise<number>) {
    this.#holder = holder;
    this.#auditSequence = auditSequence;
  }

  /** @throws Error in a store that was given no key: nothing is written that would not be deployed */
  mac({ kind, parts }: MacOf): Buffer {
    const { current } = this.#holder;
    if (current === undefined)
      throw new Error('A store without the integrity key writes nothing that is deployed');
    return current.mac(kind, parts);
  }

  /** Whether the row was written past keyplane. Without a key nothing can be told, and nothing is. */
  isAltered({ kind, parts }: MacOf, mac: Buffer | null): boolean {
    const { current } = this.#holder;
    if (current === undefined) return false;
    return mac === null || !current.mac(kind, parts).equals(mac);
  }

  /** Of the newest audit record; the record of what is being written comes after it. */
  auditSequence(): Promise<number> {
    return this.#auditSequence();
  }
}
