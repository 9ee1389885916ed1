// better-sqlite3 answers at once, so a transaction of many statements is one uninterrupted run of microtasks.
// This breaks such a run up, so that other requests and timers get their turn.

const sliceMs = 8;

let sliceStartedAt = 0;
let sliceIsOpen = false;

/** Answers a promise to wait for when this turn of the event loop has lasted too long already. */
export function breathe(): Promise<void> | undefined {
  if (!sliceIsOpen) {
    sliceIsOpen = true;
    sliceStartedAt = performance.now();
    setImmediate(() => {
      sliceIsOpen = false;
    });
    return undefined;
  }
  if (performance.now() - sliceStartedAt < sliceMs) return undefined;
  return new Promise((resolve) => setImmediate(resolve));
}
