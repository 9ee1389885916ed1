import type { GrantOperation } from '../../../protocol/content.ts';
import type { TokenBucket } from './token-bucket.ts';

/** All that an application may do with one ring, JWK or token profile. */
export interface CallerGrant {
  readonly operations: ReadonlySet<GrantOperation>;
  /** Operations that are granted at one rate share a bucket; one that has none is without a limit. */
  readonly buckets: ReadonlyMap<GrantOperation, TokenBucket>;
}

/** What can be used once, and was not used before. */
export interface Assertion {
  /**
   * Whether it is used for the first time. Once it resolves, that survives a kill of the node.
   * @throws KeyplaneError `unavailable` where too many are remembered, or the disk cannot be written
   */
  take(): Promise<boolean>;
  /** After `take`, where nothing was done with it and the caller may try again. */
  giveBack(): void;
}

/** An application, as one of its credentials stands for it. */
export interface CallingApplication {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  /** Milliseconds since 1970; null: without end. */
  readonly validUntil: number | null;
  /** By the id of a ring, a JWK or a token profile. */
  readonly grants: ReadonlyMap<string, CallerGrant>;
  /** Who calls: the `sub` of its JWT, the URI of its certificate, otherwise the name of the application. */
  readonly subject: string;
  /** Undefined for a credential that may be used again. */
  readonly assertion?: Assertion;
}
