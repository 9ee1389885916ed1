// An application: a program that has keys used at a node, and what it may have done with which.

import type { GrantOperation } from '../protocol/content.ts';

/** What became of a request to use a key. */
export const usageOutcomes = Object.freeze(['SUCCEEDED', 'REFUSED'] as const);

/** Exactly one of the two ids is set. */
export interface Grant {
  readonly keyRingId: string | null;
  readonly jwkId: string | null;
  readonly operations: readonly GrantOperation[];
}

export interface ApplicationToken {
  /** SHA-256 of the token. */
  readonly hash: string;
  /** Of a token that was replaced; null: as long as the application. */
  readonly validUntil: Date | null;
}

export interface Application {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string | null;
  readonly expiresAt: Date | null;
  readonly tokens: readonly ApplicationToken[];
  readonly grants: readonly Grant[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly altered?: boolean;
}
