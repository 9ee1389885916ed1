// One time limit over several steps: time that one hop used is not available to the next. The limit applies to every
// wait of a step.

import { FetchFailure } from './fetch-failure.ts';

export class TimeBudget {
  readonly #limitMs: number;
  readonly #missing: string;
  readonly #stop: AbortSignal;
  #usedMs = 0;
  #startedMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #timeUp: (() => void) | undefined;

  /** `missing` ends the sentence `… timed out after 5000 ms: `; `stop` ends the work early with its own reason. */
  constructor(limitMs: number, missing: string, stop: AbortSignal) {
    this.#limitMs = limitMs;
    this.#missing = missing;
    this.#stop = stop;
  }

  /**
   * Runs `work` in the remaining time. Its signal aborts it; the caller does not wait for that, because a name lookup
   * cannot be cancelled.
   * @throws FetchFailure when the time is used up
   */
  async spend<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const stop = this.#stop;
    stop.throwIfAborted();
    const controller = new AbortController();
    const { signal } = controller;
    const ended = Promise.withResolvers<never>();
    const abort = (reason: unknown) => {
      controller.abort(reason);
      ended.reject(reason);
    };
    // Not AbortSignal.any: Node.js keeps a signal that depends on one which lives as long as the manager, and with it its
    // listeners and all that they refer to, here the document.
    const onStop = () => abort(stop.reason);
    stop.addEventListener('abort', onStop, { once: true });
    this.#timeUp = () => abort(new FetchFailure(`timed out after ${this.#limitMs} ms: ${this.#missing}`));
    this.#startTimer();
    try {
      return await Promise.race([work(signal), ended.promise]);
    } finally {
      stop.removeEventListener('abort', onStop);
      this.#stopTimer();
      this.#timeUp = undefined;
    }
  }

  /** For work that waits for a resource of the manager within `spend`: that time does not count. */
  async pause(wait: () => Promise<void>): Promise<void> {
    this.#stopTimer();
    try {
      await wait();
    } finally {
      // Not where the manager stopped meanwhile.
      if (this.#timeUp !== undefined) this.#startTimer();
    }
  }

  #startTimer(): void {
    this.#startedMs = performance.now();
    this.#timer = setTimeout(() => this.#timeUp?.(), Math.max(0, this.#limitMs - this.#usedMs));
  }

  #stopTimer(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#usedMs += performance.now() - this.#startedMs;
  }
}
