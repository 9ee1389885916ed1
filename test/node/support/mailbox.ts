/** Received items in order; `next` waits for an item that has not come yet. */
export class Mailbox<T> {
  readonly #items: T[] = [];
  readonly #waiting: ((item: T) => void)[] = [];

  put(item: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(item);
    else this.#items.push(item);
  }

  async next(): Promise<T> {
    const item = this.#items.shift();
    return item ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Drops the items received so far. */
  clear(): void {
    this.#items.length = 0;
  }

  get waiting(): number {
    return this.#items.length;
  }
}
