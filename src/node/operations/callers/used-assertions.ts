// Which JWTs of single use were used: each `jti` of an issuer counts once in a project, until the JWT expires. They are on the
// disk within a second, so that a node that starts again still knows them.

import { hash } from 'node:crypto';
import { KeyplaneError } from '../../../errors.ts';
import type { KeptRecord } from '../kept-record.ts';
import type { PresentedJwt } from './jwt-claims.ts';

export interface UsedAssertionsOptions {
  /** Undefined: in memory only. */
  readonly record: KeptRecord<KeptAssertions> | undefined;
  /** The manager's time, milliseconds since 1970. */
  readonly now: () => number;
  readonly mostRemembered?: number;
}

/** Hashes with the time at which each may be forgotten. */
export type KeptAssertions = readonly (readonly [string, number])[];

const mostRemembered = 50_000;
/** Looking through all of them takes some milliseconds. */
const sweepEveryMs = 30_000;

export class UsedAssertions {
  readonly #options: UsedAssertionsOptions;
  readonly #used: Map<string, number>;
  readonly #most: number;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(options: UsedAssertionsOptions) {
    this.#options = options;
    this.#most = options.mostRemembered ?? mostRemembered;
    this.#used = new Map(options.record?.kept ?? []);
    options.record?.follow(() => {
      this.#forgetExpired(options.now());
      return [...this.#used];
    });
  }

  /**
   * Whether it is used for the first time; one without a `jti` never is.
   * @throws KeyplaneError `unavailable` where too many are remembered: none is forgotten before its end
   */
  take({
    project,
    presented: { issuer, jti, expires },
  }: {
    readonly project: string;
    readonly presented: Pick<PresentedJwt, 'issuer' | 'jti' | 'expires'>;
  }): boolean {
    if (jti === undefined) return false;
    const key = hash('sha256', JSON.stringify([project, issuer, jti]), 'base64url');
    const now = this.#options.now();
    const end = this.#used.get(key);
    if (end !== undefined && now < end) return false;
    if (end === undefined && this.#used.size >= this.#most) this.#makeRoom(now);
    this.#used.set(key, expires);
    this.#options.record?.changed();
    return true;
  }

  #makeRoom(now: number): void {
    if (now >= this.#sweptAt + sweepEveryMs) {
      this.#sweptAt = now;
      this.#forgetExpired(now);
    }
    if (this.#used.size < this.#most) return;
    throw new KeyplaneError('unavailable', 'This node remembers too many assertions that are still valid!', {
      retryAfterSeconds: 1,
    });
  }

  #forgetExpired(now: number): void {
    for (const [key, end] of this.#used) if (end <= now) this.#used.delete(key);
  }
}
