import type { WakeTopic } from '../../unit-of-work.ts';
import type { Engine } from '../engine.ts';

/** What a noun knows of the transaction that it speaks in. */
export interface Surroundings {
  /** Tells other managers once it is committed. */
  readonly notify: (topic: WakeTopic) => void;
  readonly engine: Pick<Engine, 'isShared' | 'nowMs'>;
}
