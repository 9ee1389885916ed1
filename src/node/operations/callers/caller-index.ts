// Which applications the node knows, by their credentials. It holds what is deployed, as it is at this moment.

import type { DeployedApplication } from '../../../protocol/content.ts';
import type { CallingApplication, Grant } from './calling-application.ts';
import { TokenBucket } from './token-bucket.ts';

interface KnownApplication {
  readonly tokenHashes: readonly string[];
  readonly grants: ReadonlyMap<string, Grant>;
}

export class CallerIndex {
  /** Milliseconds that only move forward. */
  readonly #monotonicNow: () => number;
  readonly #applications = new Map<string, KnownApplication>();
  /** By SHA-256 of the token, hex. */
  readonly #tokens = new Map<string, CallingApplication>();

  constructor(monotonicNow: () => number = () => performance.now()) {
    this.#monotonicNow = monotonicNow;
  }

  get size(): number {
    return this.#applications.size;
  }

  /** @param hash SHA-256 of the token, hex */
  byToken(hash: string): CallingApplication | undefined {
    return this.#tokens.get(hash);
  }

  put(application: DeployedApplication): void {
    const { id, name, project, expires, tokens } = application;
    const before = this.#applications.get(id);
    const grants = this.#grantsOf(application, before?.grants);
    this.remove(id);
    for (const { hash, validUntil } of tokens) {
      const ends = [expires, validUntil].filter((end) => end !== null);
      const end = ends.length === 0 ? null : Math.min(...ends);
      this.#tokens.set(hash, { id, name, project, validUntil: end, grants, subject: name });
    }
    this.#applications.set(id, { tokenHashes: tokens.map(({ hash }) => hash), grants });
  }

  remove(id: string): void {
    for (const hash of this.#applications.get(id)?.tokenHashes ?? []) this.#tokens.delete(hash);
    this.#applications.delete(id);
  }

  #grantsOf(
    { grants }: DeployedApplication,
    before: ReadonlyMap<string, Grant> | undefined,
  ): ReadonlyMap<string, Grant> {
    const byTarget = new Map<string, Grant>();
    for (const { keyRingId, jwkId, tokenProfileId, operations, rate } of grants) {
      const target = keyRingId ?? jwkId ?? tokenProfileId ?? '';
      const known = before?.get(target)?.bucket;
      const bucket = rate && (known?.withRate(rate) ?? new TokenBucket(rate, this.#monotonicNow));
      byTarget.set(target, { operations: new Set(operations), bucket });
    }
    return byTarget;
  }
}
