const stopDeadlineMs = 45_000;

/**
 * Resolves when the process has to stop: SIGINT, SIGTERM, or the end of the process that started it with an IPC channel,
 * so that no orphan is left.
 */
export function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(signal));
    if (process.send === undefined) return;
    // The parent may have ended while this process was loading.
    if (process.connected) process.once('disconnect', () => resolve('disconnect'));
    else resolve('disconnect');
  });
}

/**
 * Ends the process at a deadline after the signal, so that a hanging database or connection does not keep it alive.
 * Acknowledged changes are on disk by then. Children detect the end of the process and end too.
 */
export async function exitAfterDeadline(stopped: Promise<unknown>): Promise<void> {
  await stopped;
  setTimeout(() => process.exit(1), stopDeadlineMs).unref();
}
