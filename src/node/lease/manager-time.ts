import type { NodeClocks } from './node-clocks.ts';

/** A moment of the manager's time, and when that was by the monotonic clock of this machine. */
export interface TimeEstimate {
  readonly managerMs: number;
  readonly monotonicMs: number;
}

/** From the answer to a heartbeat. */
export interface TimeSample extends TimeEstimate {
  /** How much it may be off, either way: half of the time that heartbeat and answer were on the way. */
  readonly errorMs: number;
}

/** How far two monotonic clocks drift apart at most. */
const driftRate = 1 / 2_000;
/** Of what an earlier process kept, which was moved on by the clock of this machine. */
const keptErrorMs = 1_000;

/**
 * The manager's time at this node: as measured at an answered heartbeat, moved on by the monotonic clock. Before any
 * contact it is the clock of this machine. A measurement that is less certain than the present one is left out, unless the two
 * contradict each other: then the clock of the manager was set, or it is another manager.
 */
export class ManagerTime {
  readonly #clocks: NodeClocks;
  #sample: TimeSample | undefined;

  constructor(clocks: NodeClocks) {
    this.#clocks = clocks;
  }

  /** What an earlier process kept. */
  resume(estimate: TimeEstimate): void {
    this.#sample = { ...estimate, errorMs: keptErrorMs };
  }

  measure(sample: TimeSample): void {
    const known = this.#sample;
    if (known !== undefined) {
      const errorMs = known.errorMs + (sample.monotonicMs - known.monotonicMs) * driftRate;
      const apartMs = Math.abs(sample.managerMs - this.now());
      if (sample.errorMs > errorMs && apartMs <= sample.errorMs + errorMs) return;
    }
    this.#sample = sample;
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
