// Spares polls of a database in which nothing was committed since the last one and nothing has become due. Only a
// database that shows every commit of every process has a mark; with any other each poll is made.

/** Also where a clock is set back: a poll comes after this time at the latest. */
const defaultLongestQuietMs = 30_000;

export class IdleDetector {
  readonly #changeMark: () => string | undefined;
  readonly #clock: () => Date;
  readonly #longestQuietMs: number;
  #mark: string | undefined;
  #quiet: { readonly until: number; readonly endsAt: number } | undefined;

  /** @param changeMark differs after each commit; undefined where that is not known */
  constructor(
    changeMark: () => string | undefined,
    clock: () => Date,
    longestQuietMs = defaultLongestQuietMs,
  ) {
    this.#changeMark = changeMark;
    this.#clock = clock;
    this.#longestQuietMs = longestQuietMs;
  }

  /** A poll would find what the last one found: nothing. */
  get isIdle(): boolean {
    const quiet = this.#quiet;
    if (quiet === undefined || this.#mark === undefined) return false;
    if (this.#clock().getTime() >= quiet.until || performance.now() >= quiet.endsAt) return false;
    return this.#changeMark() === this.#mark;
  }

  /** Before a poll reads anything. */
  begin(): void {
    this.#quiet = undefined;
    this.#mark = this.#changeMark();
  }

  /** the poll that has begun found nothing that is due before this time; null: nothing at all. */
  foundNothingUntil(time: Date | null): void {
    const until = time?.getTime() ?? Number.POSITIVE_INFINITY;
    this.#quiet = { until, endsAt: performance.now() + this.#longestQuietMs };
  }
}
