const longestStopMs = 45_000;

/**
 * Resolves once the process is asked to stop: SIGINT, SIGTERM, or the end of the process that started it
 * (whoever starts keyplane with an IPC channel wants no orphan).
 */
export function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(signal));
    if (process.send === undefined) return;
    // The other side may have ended while this one was still being loaded.
    if (process.connected) process.once('disconnect', () => resolve('disconnect'));
    else resolve('disconnect');
  });
}

/**
 * From the signal on the process has so long to end by itself: a database or a connection that hangs must not hold it
 * for ever. What was acknowledged is on the disk by then. Children notice that it is gone, and end too.
 */
export async function endInAnyCase(stopped: Promise<unknown>): Promise<void> {
  await stopped;
  setTimeout(() => process.exit(1), longestStopMs).unref();
}
