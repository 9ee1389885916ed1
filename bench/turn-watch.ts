// The longest turn of an event loop, in processor time of its own thread, independent of other load on the machine. A
// timer that is always due runs once in each turn.

const everyMs = 1;

export class TurnWatch {
  readonly #timer: NodeJS.Timeout;
  #before = process.threadCpuUsage();
  #longestMs = 0;

  constructor() {
    this.#timer = setInterval(() => {
      const { user, system } = process.threadCpuUsage(this.#before);
      this.#longestMs = Math.max(this.#longestMs, (user + system) / 1e3);
      this.#before = process.threadCpuUsage();
    }, everyMs);
    this.#timer.unref();
  }

  /** Since it was last asked, in milliseconds. */
  longestMs(): number {
    const longest = this.#longestMs;
    this.#longestMs = 0;
    return longest;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
