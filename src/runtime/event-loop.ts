// Long work on the event loop, in slices: requests and timers run in between. A slice is well below the 50 ms for which
// anything may hold the event loop.

import { FairSlice } from './fair-slice.ts';
import { currentRequester } from './requester.ts';

const sliceMs = 8;

/** Of the turns in one iteration, all requesters together. */
const turnsMs = 4;

const waiting = new Map<string, (() => void)[]>();
const hadTurn = new Set<string>();
let turnsEndAt = 0;
let isTurning = false;

/**
 * Resolves when it is this requester's turn to compute for about a millisecond: at once where it had none in this iteration
 * of the event loop. Each requester has one turn in an iteration, since sixty imports of one would otherwise each compute in
 * the same iteration and delay all others by sixty turns in each of their steps. Where many requesters compute, those
 * whose turn does not begin in time have the first ones of the next iteration.
 */
export function fairTurn(requester = currentRequester()): Promise<void> {
  if (!isTurning) openTurns();
  if (!waiting.has(requester) && !hadTurn.has(requester) && performance.now() < turnsEndAt) {
    hadTurn.add(requester);
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const turns = waiting.get(requester);
    if (turns) turns.push(resolve);
    else waitForTurn(requester, [resolve]);
  });
}

function openTurns(): void {
  isTurning = true;
  turnsEndAt = performance.now() + turnsMs;
  hadTurn.clear();
  setImmediate(() => {
    isTurning = false;
    if (waiting.size > 0) openTurns();
  });
}

/** Behind the others. Each waits with a separate immediate, so that what a turn computes has ended before the next one. */
function waitForTurn(requester: string, turns: (() => void)[]): void {
  waiting.set(requester, turns);
  setImmediate(giveTurn);
}

function giveTurn(): void {
  if (!isTurning) openTurns();
  if (performance.now() >= turnsEndAt) {
    setImmediate(giveTurn);
    return;
  }
  const [next] = waiting;
  if (!next) return;
  const [requester, turns] = next;
  waiting.delete(requester);
  hadTurn.add(requester);
  turns.shift()?.();
  if (turns.length > 0) waitForTurn(requester, turns);
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

const shared = new FairSlice(sliceMs);

/** @returns a promise to await where the slice of this iteration is used up, or others wait for it */
export function sharedSlice(requester?: string): Promise<void> | undefined {
  return shared.next(requester);
}
