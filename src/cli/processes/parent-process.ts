/** The one message of a child process to the process that started it. */
export type ChildMessage =
  | { readonly ready: string; readonly operations?: readonly string[] }
  | { readonly failed: string };

/** Sends it to the process that started this one with an IPC channel; resolves when it is sent. */
export function notifyParent(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });
}
