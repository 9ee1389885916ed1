const shownAfterMs = 400;
const everyMs = 200;
const signs = ['|', '/', '-', '\\'] as const;

/** While something takes long, says so on standard error; only where that is a terminal, and gone afterwards. */
export async function withProgress<T>(what: string, work: Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work;
  const startedAt = performance.now();
  let isShown = false;
  const timer = setInterval(() => {
    const passedMs = performance.now() - startedAt;
    if (passedMs < shownAfterMs) return;
    isShown = true;
    const sign = signs[Math.floor(passedMs / everyMs) % signs.length];
    process.stderr.write(`\r${sign} ${what}, ${Math.floor(passedMs / 1000)} s`);
  }, everyMs);
  timer.unref();
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (isShown) process.stderr.write('\r\u001b[K');
  }
}
