import type { NodeLog } from '../node-log.ts';

export interface RefusedOperation {
  /** Undefined where the token names none. */
  readonly application?: string;
  readonly project: string;
  readonly key: string;
  readonly operation: string;
}

/** The same refusal is logged again after this time, with how often there was one. */
const repeatMs = 10_000;
const mostKnown = 1_000;

/** Logs refusals, and bounds how much of the log they take: a caller that repeats one fills no disk. */
export class RefusalLog {
  readonly #log: NodeLog;
  readonly #known = new Map<string, { loggedAtMs: number; count: number }>();

  constructor(log: NodeLog) {
    this.#log = log;
  }

  report(refused: RefusedOperation, reason: string): void {
    // Without a token, names are the caller's to choose.
    const facts = refused.application === undefined ? { operation: refused.operation } : refused;
    const key = JSON.stringify([Object.values(facts), reason]);
    const nowMs = performance.now();
    const known = this.#known.get(key);
    if (known !== undefined && nowMs - known.loggedAtMs < repeatMs) {
      known.count += 1;
      return;
    }
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(key, { loggedAtMs: nowMs, count: 0 });
    const others = known === undefined || known.count === 0 ? {} : { andBefore: known.count };
    this.#log.warn({ ...facts, reason, ...others }, 'an operation was refused');
  }
}
