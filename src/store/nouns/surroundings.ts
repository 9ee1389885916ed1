import type { WakeTopic } from '../../unit-of-work.ts';
import type { Engine } from '../engine.ts';
import type { StoreKeys } from '../integrity/row-guard.ts';

/** Known from an earlier statement of a transaction in which nobody else writes. */
export interface Carried {
  auditHead?: { readonly sequence: number; readonly mark: Buffer } | undefined;
}

/** What a noun knows of the transaction that it speaks in. */
export interface Surroundings {
  /** What works of one transaction hand on, and each of them takes back when it fails. */
  readonly carried: Carried;
  /** Tells other managers once it is committed. */
  readonly notify: (topic: WakeTopic) => void;
  readonly engine: Pick<Engine, 'isShared' | 'nowMs'>;
  readonly keys: StoreKeys;
}
