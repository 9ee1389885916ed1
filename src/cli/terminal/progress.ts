const shownAfterMs = 400;
const everyMs = 200;
const frames = ['|', '/', '-', '\\'] as const;

/** Shows on standard error that a long task runs, where that is a terminal, and clears the line afterwards. */
export async function withProgress<T>(what: string, work: Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work;
  const startedAt = performance.now();
  let isShown = false;
  const timer = setInterval(() => {
    const passedMs = performance.now() - startedAt;
    if (passedMs < shownAfterMs) return;
    isShown = true;
    const frame = frames[Math.floor(passedMs / everyMs) % frames.length];
    process.stderr.write(`\r${frame} ${what}, ${Math.floor(passedMs / 1000)} s`);
  }, everyMs);
  timer.unref();
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (isShown) process.stderr.write('\r\u001b[K');
  }
}
