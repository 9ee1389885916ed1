import type { GrantRate } from '../../../protocol/content.ts';

/** The rate of a grant at this node: each request takes a token, and tokens come back evenly until the bucket is full. */
export class TokenBucket {
  readonly #rate: GrantRate;
  readonly #now: () => number;
  #tokens: number;
  #at: number;

  /** @param now milliseconds that only move forward */
  constructor(rate: GrantRate, now: () => number, tokens = rate.burst) {
    this.#rate = rate;
    this.#now = now;
    this.#tokens = Math.min(tokens, rate.burst);
    this.#at = now();
  }

  /** All of them, or none. */
  take(count: number): boolean {
    this.#refill();
    // Sums of fractions fall short of whole numbers by a trifle.
    if (this.#tokens + tolerance < count) return false;
    this.#tokens -= count;
    return true;
  }

  giveBack(count: number): void {
    this.#tokens = Math.min(this.#tokens + count, this.#rate.burst);
  }

  /** Until there are as many, or until it is full where it never has as many. */
  msUntil(count: number): number {
    this.#refill();
    const missing = Math.min(count, this.#rate.burst) - this.#tokens;
    return Math.max(0, (missing * 1_000) / this.#rate.perSecond);
  }

  /** The bucket of the same grant after it was deployed again: with what is left in this one. */
  withRate(rate: GrantRate): TokenBucket {
    this.#refill();
    if (this.hasRate(rate)) return this;
    return new TokenBucket(rate, this.#now, this.#tokens);
  }

  hasRate({ perSecond, burst }: GrantRate): boolean {
    return perSecond === this.#rate.perSecond && burst === this.#rate.burst;
  }

  #refill(): void {
    const now = this.#now();
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) * perSecond) / 1_000);
    this.#at = now;
  }
}

const tolerance = 1e-6;
