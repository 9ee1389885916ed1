// Work that is polled for, such as what has become due. One poll runs at a time.

export interface PollerOptions {
  /** From the end of a poll to the beginning of the next. */
  readonly everyMs: number;
  readonly poll: () => Promise<void>;
  /** A poll by the clock would find nothing, so it is left out. */
  readonly isIdle?: () => boolean;
  readonly onError: (error: unknown) => void;
}

export class Poller {
  readonly #options: PollerOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  start(): void {
    if (this.#isClosed) return;
    const { everyMs, isIdle, onError } = this.#options;
    this.#timer = setTimeout(() => {
      if (isIdle?.()) {
        this.start();
        return;
      }
      this.now()
        .catch(onError)
        .finally(() => this.start());
    }, everyMs);
    this.#timer.unref();
  }

  /** Polls once, after an earlier poll has ended. */
  now(): Promise<void> {
    const run = this.#running.then(() => this.#options.poll());
    this.#running = run.catch(() => undefined);
    return run;
  }

  /** Waits for the poll in progress. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
