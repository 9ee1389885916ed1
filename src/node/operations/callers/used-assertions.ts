// Which JWTs of single use were used: each `jti` of an issuer counts once in a project, until the JWT expires. It is on the disk
// before anything is done for the caller, so that a node that was killed still knows it when it starts again.

import { hash } from 'node:crypto';
import { KeyplaneError } from '../../../errors.ts';
import type { KeptJournal } from '../kept-journal.ts';
import type { Assertion } from './calling-application.ts';
import type { PresentedJwt } from './jwt-claims.ts';

export interface UsedAssertionsOptions {
  /** Undefined: in memory only. */
  readonly journal: KeptJournal<KeptAssertion> | undefined;
  /** The manager's time, milliseconds since 1970. */
  readonly now: () => number;
  readonly mostRemembered?: number;
}

/** A hash with the time at which it may be forgotten, and its project. The last one of a hash counts. */
export type KeptAssertion = readonly [hash: string, end: number, project?: string];

interface Used {
  /** Milliseconds since 1970. */
  readonly end: number;
  readonly project: string;
}

const mostRemembered = 50_000;
/** The part of it that one project may use: its issuers leave the rest to others. */
const shareOfProject = 0.5;
/** Looking through all of them takes some milliseconds. */
const sweepEveryMs = 30_000;

export class UsedAssertions {
  readonly #options: UsedAssertionsOptions;
  readonly #used = new Map<string, Used>();
  readonly #counts = new Map<string, number>();
  readonly #most: number;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(options: UsedAssertionsOptions) {
    this.#options = options;
    this.#most = options.mostRemembered ?? mostRemembered;
    for (const [key, end, project = ''] of options.journal?.kept ?? []) {
      this.#remove(key);
      this.#add(key, { end, project });
    }
    options.journal?.follow(() => {
      this.#forgetExpired(options.now());
      return [...this.#used].map(([key, { end, project }]) => [key, end, project] as const);
    });
  }

  /** Undefined where it was used, and without a `jti`. */
  unused({
    project,
    presented: { issuer, jti, expires: end },
  }: {
    readonly project: string;
    readonly presented: Pick<PresentedJwt, 'issuer' | 'jti' | 'expires'>;
  }): Assertion | undefined {
    if (jti === undefined) return undefined;
    const key = hash('sha256', JSON.stringify([project, issuer, jti]), 'base64url');
    if (this.#isUsed(key)) return undefined;
    return {
      take: () => this.#take(key, { end, project }),
      giveBack: () => {
        this.#remove(key);
        // Where that does not reach the disk, the JWT stays used.
        this.#options.journal?.append([key, 0, project]).catch(() => undefined);
      },
    };
  }

  #isUsed(key: string): boolean {
    const used = this.#used.get(key);
    return used !== undefined && this.#options.now() < used.end;
  }

  async #take(key: string, used: Used): Promise<boolean> {
    if (this.#isUsed(key)) return false;
    this.#remove(key);
    if (!this.#hasRoom(used)) this.#makeRoom(used);
    this.#add(key, used);
    try {
      await this.#options.journal?.append([key, used.end, used.project]);
    } catch {
      // It may be on the disk all the same: a caller that tries again is then rejected, which is the safe side.
      this.#remove(key);
      throw new KeyplaneError(
        'unavailable',
        'This node cannot write to its disk which assertions were used!',
        {
          retryAfterSeconds: 1,
        },
      );
    }
    return true;
  }

  #hasRoom({ project }: Used): boolean {
    const own = this.#counts.get(project) ?? 0;
    return this.#used.size < this.#most && own < this.#most * shareOfProject;
  }

  #makeRoom(used: Used): void {
    const now = this.#options.now();
    if (now >= this.#sweptAt + sweepEveryMs) {
      this.#sweptAt = now;
      this.#forgetExpired(now);
    }
    if (this.#hasRoom(used)) return;
    throw new KeyplaneError('unavailable', 'This node remembers too many assertions that are still valid!', {
      retryAfterSeconds: 1,
    });
  }

  #forgetExpired(now: number): void {
    for (const [key, { end }] of this.#used) if (end <= now) this.#remove(key);
  }

  #add(key: string, used: Used): void {
    this.#used.set(key, used);
    this.#counts.set(used.project, (this.#counts.get(used.project) ?? 0) + 1);
  }

  #remove(key: string): void {
    const used = this.#used.get(key);
    if (used === undefined) return;
    this.#used.delete(key);
    const rest = (this.#counts.get(used.project) ?? 1) - 1;
    if (rest > 0) this.#counts.set(used.project, rest);
    else this.#counts.delete(used.project);
  }
}
