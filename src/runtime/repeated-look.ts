// Work that is looked for again and again, such as what has become due. One look runs at a time.

export interface RepeatedLookOptions {
  /** From the end of a look to the beginning of the next. */
  readonly everyMs: number;
  readonly look: () => Promise<void>;
  /** A look by the clock would find nothing, so it is left out. */
  readonly isQuiet?: () => boolean;
  readonly onError: (error: unknown) => void;
}

export class RepeatedLook {
  readonly #options: RepeatedLookOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: RepeatedLookOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  start(): void {
    if (this.#isClosed) return;
    const { everyMs, isQuiet, onError } = this.#options;
    this.#timer = setTimeout(() => {
      if (isQuiet?.()) {
        this.start();
        return;
      }
      this.now()
        .catch(onError)
        .finally(() => this.start());
    }, everyMs);
    this.#timer.unref();
  }

  /** Looks once, after an earlier look has ended. */
  now(): Promise<void> {
    const run = this.#running.then(() => this.#options.look());
    this.#running = run.catch(() => undefined);
    return run;
  }

  /** Waits for the look in progress. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
