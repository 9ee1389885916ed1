/** Bounds how many callers run at a time. The others wait, first in, first out. */
export class Semaphore {
  #permits: number;
  readonly #waiting: (() => void)[] = [];

  /** @param permits how many may hold the semaphore at a time */
  constructor(permits: number) {
    this.#permits = permits;
  }

  /** @returns the release of the permit; calling it again has no effect */
  async acquire(): Promise<() => void> {
    if (this.#permits > 0) this.#permits -= 1;
    // A released permit passes directly to the next waiter, so that a caller that arrives then cannot take it as well.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#permits += 1;
    };
  }

  /** Holds a permit while `task` runs. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    const release = await this.acquire();
    try {
      return await task();
    } finally {
      release();
    }
  }
}
