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
