/**
 * How long a request that deploys several times waits for nodes, all of its waits together. What it does between them, such
 * as the generation of a key, does not count.
 */
export class WaitBudget {
  #spentMs = 0;

  leftOf(totalMs: number): number {
    return Math.max(0, totalMs - this.#spentMs);
  }

  async spend<T>(wait: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await wait();
    } finally {
      this.#spentMs += performance.now() - startedAt;
    }
  }
}
