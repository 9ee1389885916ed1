/** What a child of keyplane says to the process that started it, once. */
export type ChildNews = { readonly ready: string } | { readonly failed: string };

/** Says it to whoever started this process with an IPC channel; resolves when it is on its way. */
export function tellParent(news: ChildNews): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(news, () => resolve());
    else resolve();
  });
}
