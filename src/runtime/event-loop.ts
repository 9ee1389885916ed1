// Long work on the event loop, in slices: requests and timers run in between. A slice is well below the 50 ms for which
// anything may hold the event loop.

import { currentRequester } from './requester.ts';

const sliceMs = 8;

const waiting = new Map<string, (() => void)[]>();
let isTurning = false;

/**
 * Resolves when it is this requester's turn to compute for about a millisecond: at once where no request had a turn in this
 * iteration of the event loop. There is one turn in each iteration for the whole process, since sixty imports would
 * otherwise each compute in the same iteration. Requesters alternate, so that one with a hundred imports makes another's
 * twice as long, not a hundred times.
 */
export function fairTurn(requester = currentRequester()): Promise<void> {
  if (!isTurning) {
    isTurning = true;
    setImmediate(giveTurn);
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const turns = waiting.get(requester);
    if (turns) turns.push(resolve);
    else waiting.set(requester, [resolve]);
  });
}

function giveTurn(): void {
  const [next] = waiting;
  if (!next) {
    isTurning = false;
    return;
  }
  const [requester, turns] = next;
  waiting.delete(requester);
  turns.shift()?.();
  // Behind the others.
  if (turns.length > 0) waiting.set(requester, turns);
  setImmediate(giveTurn);
}

/**
 * For loops over many objects: call it and await the result after each one. Once the slice is used up it lets
 * everything else run before it resolves.
 */
export function timeSlices(): () => Promise<void> | undefined {
  let startMs = performance.now();
  return () => {
    if (performance.now() - startMs < sliceMs) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        startMs = performance.now();
        resolve();
      });
    });
  };
}

/** The slice of one iteration of the event loop, for work whose parts do not know of each other. */
export class LoopSlice {
  #endsAt = 0;
  #isOpen = false;

  /** The first call in an iteration begins the slice. */
  hasTime(): boolean {
    const now = performance.now();
    if (this.#isOpen) return now < this.#endsAt;
    this.#isOpen = true;
    this.#endsAt = now + sliceMs;
    setImmediate(() => {
      this.#isOpen = false;
    });
    return true;
  }

  /** The rest of the iteration is left to other work. */
  end(): void {
    this.#endsAt = 0;
  }

  /** Called in a later iteration: its slice begins with the next `hasTime`. */
  restart(): void {
    this.#isOpen = false;
  }
}

const shared = new LoopSlice();

/** @returns a promise to await where the slice of this iteration is used up */
export function sharedSlice(): Promise<void> | undefined {
  return shared.hasTime() ? undefined : new Promise((resolve) => setImmediate(resolve));
}
