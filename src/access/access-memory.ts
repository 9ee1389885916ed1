// What tokens were found to allow, kept in memory for a few seconds, so that a request of a known caller reads nothing.
// A change of access that this manager commits empties the memory before the change has its response, and so does the
// notification of one that another manager committed. Notifications can get lost, so nothing is kept for longer than
// `keptMs`. The memory only ever accepts: a caller that it does not know, or would reject, is looked up in the database.

/** A revocation at another manager is effective within 5 s, however long its transaction takes to be seen. */
const keptMs = 4_000;
const mostKept = 4_096;

/** The state of the memory before the database was read. */
export interface MemoryMark {
  readonly generation: number;
  /** Milliseconds of a clock that is never set back. */
  readonly monotonicMs: number;
  /** That clock stands still while the machine sleeps, the clock of the day may be set back: both limit the age. */
  readonly wallMs: number;
}

interface Kept<Found> {
  readonly found: Found;
  readonly mark: MemoryMark;
}

export class AccessMemory<Found> {
  readonly #clock: () => Date;
  readonly #kept = new Map<string, Kept<Found>>();
  #generation = 0;

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  /** Call it before the database is read. */
  mark(): MemoryMark {
    return {
      generation: this.#generation,
      monotonicMs: performance.now(),
      wallMs: this.#clock().getTime(),
    };
  }

  /** Keeps nothing that was read before the memory was last emptied: it may be what was revoked since. */
  keep(key: string, found: Found, mark: MemoryMark): void {
    if (mark.generation !== this.#generation) return;
    this.#kept.delete(key);
    this.#kept.set(key, { found, mark });
    if (this.#kept.size <= mostKept) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  recall(key: string): Found | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    const { monotonicMs, wallMs } = kept.mark;
    const [age, wallAge] = [performance.now() - monotonicMs, this.#clock().getTime() - wallMs];
    if (age < keptMs && wallAge >= 0 && wallAge < keptMs) return kept.found;
    this.#kept.delete(key);
    return undefined;
  }

  forgetAll(): void {
    this.#generation += 1;
    this.#kept.clear();
  }
}
