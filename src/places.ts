/** So many may be at something at a time; the others wait, first come, first served. */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** @returns what gives the place back; to call it again does nothing */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    // Who gives a place back hands it on, so that nobody who comes at that moment takes it as well.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    };
  }

  /** For as long as the work takes. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.take();
    try {
      return await work();
    } finally {
      leave();
    }
  }
}
