import type { WakeTopic } from '../../unit-of-work.ts';
import type { Engine } from '../engine.ts';
import type { StoreKeys } from '../integrity/row-guard.ts';

/** Values that earlier statements of an exclusive transaction read or wrote. */
export interface TransactionCache {
  auditHead?: { readonly sequence: number; readonly mark: Buffer } | undefined;
}

/** What a table knows of its transaction. */
export interface TableContext {
  /** Shared by the callbacks of one transaction; restored when one of them fails. */
  readonly cache: TransactionCache;
  /** Notifies the other managers when the transaction commits. */
  readonly notify: (topic: WakeTopic) => void;
  readonly engine: Pick<Engine, 'isShared' | 'nowMs'>;
  readonly keys: StoreKeys;
}
