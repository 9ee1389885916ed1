// One slice of each iteration of the event loop, shared by work in small steps: statements of the database. It goes to the
// requesters in turn, so that one whose write has a thousand steps delays the step of another by one slice, not by a
// slice for each step that it makes.

import { currentRequester } from './requester.ts';

interface Waiter {
  /** The iteration in which it came; one less for a requester that had nothing of the slice then. */
  readonly rank: number;
  readonly start: () => void;
}

export class FairSlice {
  readonly #sliceMs: number;
  readonly #now: () => number;
  /** By requester. The first of those with the same rank is the one that had no step for longest. */
  readonly #waiting = new Map<string, Waiter[]>();
  /** Had a step in this iteration. */
  readonly #served = new Set<string>();
  #iteration = 0;
  #isOpen = false;
  #endsAt = 0;

  constructor(sliceMs: number, now = () => performance.now()) {
    this.#sliceMs = sliceMs;
    this.#now = now;
  }

  /**
   * To be called before each step.
   * @returns a promise to await where the slice is used up, or others wait for it; undefined where the step may begin
   */
  next(requester = currentRequester()): Promise<void> | undefined {
    if (!this.#isOpen) this.#open();
    if ((this.#waiting.size === 0 || this.#served.has(requester)) && this.#hasTime()) {
      this.#served.add(requester);
      return undefined;
    }
    const rank = this.#served.has(requester) ? this.#iteration : this.#iteration - 1;
    return new Promise((start) => {
      const own = this.#waiting.get(requester);
      if (own) own.push({ rank, start });
      else this.#waiting.set(requester, [{ rank, start }]);
      // One for each that waits, so that the time is read after each of them.
      setImmediate(this.#startNext);
    });
  }

  #open(): void {
    this.#isOpen = true;
    this.#iteration += 1;
    this.#endsAt = this.#now() + this.#sliceMs;
    this.#served.clear();
    setImmediate(() => {
      this.#isOpen = false;
      // What waits has its immediates behind this one.
      if (this.#waiting.size > 0) this.#open();
    });
  }

  #hasTime(): boolean {
    return this.#now() < this.#endsAt;
  }

  readonly #startNext = (): void => {
    if (!this.#isOpen) this.#open();
    if (!this.#hasTime()) {
      setImmediate(this.#startNext);
      return;
    }
    let next: [string, Waiter[]] | undefined;
    for (const entry of this.#waiting) if (!next || rankOf(entry) < rankOf(next)) next = entry;
    if (!next) return;
    const [requester, waiters] = next;
    const first = waiters.shift();
    this.#waiting.delete(requester);
    if (waiters.length > 0) this.#waiting.set(requester, waiters);
    this.#served.add(requester);
    first?.start();
  };
}

function rankOf([, [first]]: [string, Waiter[]]): number {
  return first?.rank ?? Number.POSITIVE_INFINITY;
}
