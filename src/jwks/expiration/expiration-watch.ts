// Finds the JWKs whose next expiration warning has come. A write of a JWK records a warning that is due at once, so this
// finds only what time alone makes due: JWKs that came within 30 days, 7 days or 1 day since the last poll.

import type { Lease } from '../../leases/lease.ts';
import type { LeaseStores } from '../../leases/lease-store.ts';
import { LeasedPoller } from '../../runtime/leased-poller.ts';
import { onBehalfOfTask } from '../../runtime/requester.ts';
import type { SharedStore, UnitOfWork } from '../../unit-of-work.ts';
import type { JwkRuleStores } from '../insert-jwk.ts';
import {
  dayMs,
  type ExpirationWindow,
  noteExpiration,
  type WarningDays,
  warningDays,
} from './expiration-notice.ts';

export interface ExpirationWatchOptions {
  readonly store: UnitOfWork<JwkRuleStores & LeaseStores> & Pick<SharedStore<unknown>, 'changeMark'>;
  readonly lease: Lease;
  readonly clock: () => Date;
  readonly onError: (error: unknown) => void;
}

const pollEveryMs = 30_000;
/** Warnings are due by the day: nothing is lost where a clock was set back and one comes some minutes late. */
const longestQuietMs = 10 * 60_000;
const pageSize = 200;
/** A write that began before the last poll may have committed after it. */
const overlapMs = 5 * 60_000;

export class ExpirationWatch {
  readonly #options: ExpirationWatchOptions;
  readonly #poller: LeasedPoller;
  /** By warning: what expires up to this time was seen to have it. */
  readonly #polledUntil = new Map<WarningDays, number>();

  constructor(options: ExpirationWatchOptions) {
    this.#options = options;
    this.#poller = new LeasedPoller({
      ...options,
      longestQuietMs,
      everyMs: pollEveryMs,
      poll: () => this.#poll(),
    });
  }

  start(): void {
    this.#poller.start();
  }

  /** Waits for the poll in progress. */
  close(): Promise<void> {
    return this.#poller.close();
  }

  /** Polls once, after an earlier poll has ended. */
  poll(): Promise<void> {
    return this.#poller.now();
  }

  async #poll(): Promise<void> {
    const { lease, clock } = this.#options;
    const now = clock();
    // What lies idle takes no lease, and none is kept: it would be renewed every few seconds.
    if (!(await this.#isAnyLacking(now)) || !(await lease.take())) return;
    // The nearest first: what gets that warning gets no earlier one.
    for (const days of warningDays) {
      await onBehalfOfTask('expirations', () => this.#warn(days, now));
    }
    await lease.release();
  }

  async #isAnyLacking(now: Date): Promise<boolean> {
    this.#poller.idle.begin();
    return this.#options.store.read(async ({ expirationNotices }) => {
      let next = Number.POSITIVE_INFINITY;
      for (const days of warningDays) {
        const window = this.#windowOf(days, now);
        if ((await expirationNotices.lacking(window, '', 1)).length > 0) return true;
        this.#polledUntil.set(days, window.until.getTime());
        const expiration = await expirationNotices.nextAfter(window.until);
        if (expiration) next = Math.min(next, expiration.getTime() - days * dayMs);
      }
      this.#poller.idle.foundNothingUntil(Number.isFinite(next) ? new Date(next) : null);
      return false;
    });
  }

  #windowOf(days: WarningDays, now: Date): ExpirationWindow {
    const until = new Date(now.getTime() + days * dayMs);
    const polled = this.#polledUntil.get(days) ?? 0;
    // Further than that only by a clock that was set back since.
    const from = polled > until.getTime() ? 0 : polled - overlapMs;
    return { after: new Date(Math.max(now.getTime(), from)), until, days };
  }

  async #warn(days: WarningDays, now: Date): Promise<void> {
    const { store, lease } = this.#options;
    const window = this.#windowOf(days, now);
    for (let after = ''; !this.#poller.isClosed; ) {
      const ids = await store.read((stores) => stores.expirationNotices.lacking(window, after, pageSize));
      if (ids.length > 0) {
        await store.write(async (stores) => {
          await lease.requireHeld(stores);
          for (const jwk of await stores.jwks.getMany(ids)) {
            if (!jwk.altered) await noteExpiration(stores, jwk, now);
          }
        });
      }
      const last = ids.at(-1);
      if (last === undefined || ids.length < pageSize) break;
      after = last;
    }
    this.#polledUntil.set(days, window.until.getTime());
  }
}
