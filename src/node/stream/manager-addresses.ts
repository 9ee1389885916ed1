import { backOffMs, jittered } from '../../runtime/back-off.ts';
import type { StreamTiming } from './stream-timing.ts';

/** Which addresses would end a connection the same way at once: none, this address, or every manager. */
export type SlowFor = 'nobody' | 'this manager' | 'every manager';

export interface EndedConnection {
  readonly slowFor: SlowFor;
  /** It was welcomed and held for a while: the trouble before it is forgotten. */
  readonly held: boolean;
}

interface Address {
  readonly url: URL;
  /** Not connected before this moment of the monotonic clock. */
  notBeforeMs: number;
}

export interface AddressOptions {
  readonly timing: StreamTiming;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Monotonic: a wall clock that is set must not make a node wait. */
  readonly nowMs: () => number;
}

/**
 * Which manager the node connects to next, and after how long. Each round visits all of them in a new random order that
 * does not begin with the one that failed last; waits grow with each round, with full jitter.
 */
export class ManagerAddresses {
  readonly #addresses: readonly Address[];
  readonly #options: AddressOptions;
  #round: Address[] = [];
  #lastTried: Address | undefined;
  #failures = 0;

  constructor(urls: readonly URL[], options: AddressOptions) {
    this.#addresses = urls.map((url) => ({ url, notBeforeMs: Number.NEGATIVE_INFINITY }));
    this.#options = options;
  }

  /** The first one, without a wait. */
  first(): URL {
    return this.#take(this.#nextReady() ?? this.#earliest());
  }

  /** After the connection to the one taken last has ended. */
  next({ slowFor, held }: EndedConnection): { readonly url: URL; readonly waitMs: number } {
    const { timing, random, nowMs } = this.#options;
    if (held) {
      this.#failures = 0;
      this.#round = [];
    }
    const chance = random();
    const slowUntilMs = nowMs() + jittered(timing.slowRetryMs, 0.5, chance);
    if (slowFor === 'this manager' && this.#lastTried) this.#lastTried.notBeforeMs = slowUntilMs;
    if (slowFor === 'every manager') for (const one of this.#addresses) one.notBeforeMs = slowUntilMs;
    const round = Math.floor(this.#failures / this.#addresses.length);
    this.#failures += 1;
    const ready = this.#nextReady();
    if (ready) return { url: this.#take(ready), waitMs: jittered(backOffMs(round, timing), 1, chance) };
    const earliest = this.#earliest();
    return { url: this.#take(earliest), waitMs: Math.max(earliest.notBeforeMs - nowMs(), 0) };
  }

  #take(address: Address): URL {
    this.#lastTried = address;
    this.#round = this.#round.filter((one) => one !== address);
    return address.url;
  }

  #nextReady(): Address | undefined {
    const now = this.#options.nowMs();
    const isReady = ({ notBeforeMs }: Address) => notBeforeMs <= now;
    const inRound = this.#round.find(isReady);
    if (inRound) return inRound;
    this.#round = this.#shuffled();
    return this.#round.find(isReady);
  }

  #earliest(): Address {
    return this.#addresses.reduce((first, one) => (one.notBeforeMs < first.notBeforeMs ? one : first));
  }

  /** Fisher and Yates; the one that was tried last goes to the end. */
  #shuffled(): Address[] {
    const order = this.#addresses.filter((one) => one !== this.#lastTried);
    for (let left = order.length - 1; left > 0; left -= 1) {
      const other = Math.floor(this.#options.random() * (left + 1));
      const [a, b] = [order[left], order[other]] as [Address, Address];
      order[left] = b;
      order[other] = a;
    }
    return this.#lastTried ? [...order, this.#lastTried] : order;
  }
}
