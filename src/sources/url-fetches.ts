// Bounds what source URLs cost the manager: how many are fetched at a time, and how many bytes of their documents are in
// memory. Users take turns. A document counts until the work that reads it has ended, since parsing it takes memory too.

import { type KeyplaneError, tooManyRequests } from '../errors.ts';
import { FairQueue, type QueueTime } from '../runtime/fair-queue.ts';
import type { FetchConditions } from './safe-fetch/exchange.ts';
import type { FetchedDocument, FetchLimits, SafeFetch } from './safe-fetch/safe-fetch.ts';

export interface UrlFetchesOptions {
  readonly safeFetch: Pick<SafeFetch, 'fetch'>;
  readonly time?: QueueTime;
}

export interface UrlFetches {
  /** For one piece of work, which ends it. */
  open(): UrlFetchScope;
}

export interface UrlFetchScope {
  /** @throws KeyplaneError as `SafeFetch`, and `rate_limit_exceeded` where too many fetches wait */
  fetch(url: string, limits: FetchLimits, conditions: FetchConditions): Promise<FetchedDocument>;
  /** What was fetched is no longer in memory. */
  end(): void;
}

const atOnce = 64;
const atOnceOfUser = 16;
const waiting = 256;
/** One user leaves the last 64 places to others. */
const waitingOfUser = waiting - 64;
const waitMs = 10_000;
/** Of all documents that are larger than `SafeFetch` reads unasked. A document is in memory several times over. */
const largeBytes = 20 * 1024 * 1024;
const largeBytesOfUser = largeBytes / 2;

export function createUrlFetches({ safeFetch, time }: UrlFetchesOptions): UrlFetches {
  const limits = {
    waiting,
    waitingPerRequester: waitingOfUser,
    waitMs,
    rejection: tooMany,
    ...(time && { time }),
  };
  const fetches = new FairQueue({ ...limits, capacity: atOnce, capacityPerRequester: atOnceOfUser });
  const bytes = new FairQueue({ ...limits, capacity: largeBytes, capacityPerRequester: largeBytesOfUser });

  return {
    open() {
      const held = new Held(time ?? performance);
      return {
        async fetch(url, fetchLimits, conditions) {
          await held.take(fetches, 1);
          const reserve = () => held.take(bytes, fetchLimits.sizeLimitBytes);
          return safeFetch.fetch(url, { ...fetchLimits, reserve }, conditions);
        },
        end: () => held.end(),
      };
    },
  };
}

/** What one piece of work holds of each queue. Its waits in all of them together are bounded. */
class Held {
  readonly #clock: Pick<QueueTime, 'now'>;
  readonly #releases = new Map<FairQueue, () => void>();
  #waitLeftMs = waitMs;
  #isEnded = false;

  constructor(clock: Pick<QueueTime, 'now'>) {
    this.#clock = clock;
  }

  async take(queue: FairQueue, weight: number): Promise<void> {
    if (this.#releases.has(queue)) return;
    const startedAt = this.#clock.now();
    const release = await queue.acquire({ weight, waitMs: this.#waitLeftMs });
    this.#waitLeftMs -= this.#clock.now() - startedAt;
    // The work may have ended while it waited.
    if (this.#isEnded) release();
    else this.#releases.set(queue, release);
  }

  end(): void {
    this.#isEnded = true;
    for (const release of this.#releases.values()) release();
    this.#releases.clear();
  }
}

function tooMany(): KeyplaneError {
  const text = 'Too many URLs are being fetched, try again in a few seconds!';
  return tooManyRequests('source_fetches', text, 5);
}
