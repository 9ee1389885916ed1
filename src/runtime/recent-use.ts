/** How long each user kept an expensive resource lately: what was used counts half after each half-life. */
export class RecentUse {
  readonly #uses = new Map<string, { ms: number; at: number }>();
  readonly #halfLifeMs: number;
  readonly #now: () => number;

  constructor(halfLifeMs: number, now: () => number = () => performance.now()) {
    this.#halfLifeMs = halfLifeMs;
    this.#now = now;
  }

  /** @returns milliseconds */
  of(user: string): number {
    const use = this.#uses.get(user);
    return use === undefined ? 0 : use.ms * 0.5 ** ((this.#now() - use.at) / this.#halfLifeMs);
  }

  add(user: string, ms: number): void {
    const total = this.of(user) + ms;
    // At the end of the map, so that its first entry is the one that was used least recently.
    this.#uses.delete(user);
    this.#uses.set(user, { ms: total, at: this.#now() });
    for (const oldest of this.#uses.keys()) {
      if (this.of(oldest) >= 1) break;
      this.#uses.delete(oldest);
    }
  }

  /** How many users are remembered. */
  get size(): number {
    return this.#uses.size;
  }
}
