/** Well below the 50 ms for which anything may hold the event loop. */
const sliceMs = 8;

/**
 * For loops over many objects: call and await the result after each; once the slice is used up it lets everything
 * else run before it resolves.
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
