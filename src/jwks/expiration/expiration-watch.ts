// Finds the JWKs whose next expiration warning has come. A write of a JWK records a warning that is due at once, so this
// finds only what time alone makes due: JWKs that came within 30 days, 7 days or 1 day since the last look.

import type { Lease } from '../../leases/lease.ts';
import type { LeaseStores } from '../../leases/lease-store.ts';
import { RepeatedLook } from '../../runtime/repeated-look.ts';
import { onBehalfOf } from '../../runtime/requester.ts';
import type { UnitOfWork } from '../../unit-of-work.ts';
import type { JwkRuleStores } from '../insert-jwk.ts';
import { dayMs, noteExpiration, type WarningDays, warningDays } from './expiration-notice.ts';

export interface ExpirationWatchOptions {
  readonly store: UnitOfWork<JwkRuleStores & LeaseStores>;
  readonly lease: Lease;
  readonly clock: () => Date;
  readonly onError: (error: unknown) => void;
}

const lookEveryMs = 30_000;
const pageSize = 200;
/** A write that began before the last look may have committed after it. */
const overlapMs = 5 * 60_000;

export class ExpirationWatch {
  readonly #options: ExpirationWatchOptions;
  readonly #looks: RepeatedLook;
  /** By warning: expirations up to this time were looked at. */
  #lookedUntil = new Map<WarningDays, number>();

  constructor(options: ExpirationWatchOptions) {
    this.#options = options;
    const { onError } = options;
    this.#looks = new RepeatedLook({ everyMs: lookEveryMs, look: () => this.#look(), onError });
  }

  start(): void {
    this.#looks.start();
  }

  /** Waits for the look in progress. */
  async close(): Promise<void> {
    await this.#looks.close();
    await this.#options.lease.release().catch(this.#options.onError);
  }

  /** Looks once, after an earlier look has ended. */
  look(): Promise<void> {
    return this.#looks.now();
  }

  async #look(): Promise<void> {
    const { lease, clock } = this.#options;
    if (!lease.isHeld) this.#lookedUntil = new Map();
    if (!(await lease.take())) return;
    const now = clock();
    // The nearest first: what gets that warning gets no earlier one.
    for (const days of warningDays) {
      await onBehalfOf('expirations', () => this.#warn(days, now));
    }
  }

  async #warn(days: WarningDays, now: Date): Promise<void> {
    const { store, lease } = this.#options;
    const until = new Date(now.getTime() + days * dayMs);
    const from = Math.max(now.getTime(), (this.#lookedUntil.get(days) ?? 0) - overlapMs);
    const window = { after: new Date(from), until, days };
    for (let after = ''; !this.#looks.isClosed; ) {
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
    this.#lookedUntil.set(days, until.getTime());
  }
}
