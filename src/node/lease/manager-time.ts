import type { NodeClocks } from './node-clocks.ts';

/** A moment of the manager's time, and when that was by the monotonic clock of this machine. */
export interface TimeSample {
  readonly managerMs: number;
  readonly monotonicMs: number;
}

/**
 * The manager's time at this node: as measured at the last answered heartbeat, moved on by the monotonic clock. Before any
 * contact it is the clock of this machine.
 */
export class ManagerTime {
  readonly #clocks: NodeClocks;
  #sample: TimeSample | undefined;

  constructor(clocks: NodeClocks) {
    this.#clocks = clocks;
  }

  set(sample: TimeSample): void {
    this.#sample = sample;
  }

  get isKnown(): boolean {
    return this.#sample !== undefined;
  }

  /** Milliseconds since 1970. */
  now(): number {
    const sample = this.#sample;
    if (sample === undefined) return this.#clocks.wall();
    return sample.managerMs + this.#clocks.monotonic() - sample.monotonicMs;
  }

  /** How far the clock of this machine is ahead of the manager's time; 0 before any contact. */
  get offsetMs(): number {
    return this.#clocks.wall() - this.now();
  }
}
