// Turns of the event loop for arithmetic, one stretch a turn for the whole process: sixty imports at once would
// otherwise each run their millisecond in the same turn, and everybody else would wait for the sum.

const waiting: (() => void)[] = [];

function giveTurn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(giveTurn);
}

/** Resolves when it is this caller's turn to compute for about a millisecond. */
export function loopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(giveTurn);
  });
}
