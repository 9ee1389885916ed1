const windowMs = 100;

/**
 * Measures how late the event loop is.
 * @param onWindow after each window: how long it was, and by how much that was late
 * @returns what ends it
 */
export function monitorLateness(onWindow: (lengthMs: number, lateMs: number) => void): () => void {
  let began = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const lengthMs = now - began;
    began = now;
    onWindow(lengthMs, Math.max(0, lengthMs - windowMs));
  }, windowMs);
  timer.unref();
  return () => clearInterval(timer);
}
