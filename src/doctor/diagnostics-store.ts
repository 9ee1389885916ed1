// Queries of the doctor beyond those of the rules; all are read-only.

import type { JwkName } from '../jwks/shared-kids.ts';
import type { HoldCause, RingState } from '../rings/ring.ts';

export interface SoonExpiringJwk extends JwkName {
  readonly expirationTime: Date;
}

export interface FailingUrl extends JwkName {
  readonly state: 'FAILING' | 'GONE';
  readonly since: Date;
  readonly reason: string | null;
}

export interface UsedRetiringKey extends JwkName {
  readonly lastUsedAt: Date;
  /** Null: not known yet. */
  readonly retireAt: Date | null;
}

/** A JWK that has the kid of a revoked member of a key ring that it does not belong to. */
export interface JwkWithRevokedKid extends JwkName {
  readonly ringName: string;
  /** Its public members, as JSON. */
  readonly publicJson: string;
  readonly revokedPublicJson: string;
}

export interface RingGrant {
  readonly projectName: string;
  readonly applicationName: string;
  readonly keyRingId: string;
  readonly keyRingName: string;
  readonly operations: readonly string[];
}

export interface FailingKeySet {
  readonly projectName: string;
  readonly jwksUri: string;
  readonly since: Date;
  readonly reason: string | null;
}

export interface FailingOutlet {
  readonly projectName: string;
  readonly outletName: string;
  readonly environmentName: string;
  /** Null where the manager delivers. */
  readonly nodeName: string | null;
  readonly attempts: number;
  readonly lastError: string | null;
}

export interface FailingWebhook {
  readonly projectName: string;
  readonly outletName: string;
  readonly attempts: number;
  readonly lastError: string | null;
  /** The receiver responded that it wants no more. */
  readonly isStopped: boolean;
  /** Matching events that were deleted undelivered. */
  readonly lost: number;
}

export interface GcmUse extends JwkName {
  readonly count: number;
}

/** A key ring, as the scheduler found it last. */
export interface ExaminedRing {
  readonly id: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly name: string;
  readonly isPublished: boolean;
  readonly clockSkew: string;
  /** Null: all that the project reaches. */
  readonly environmentIds: readonly string[] | null;
  readonly heldBecause: HoldCause | null;
  readonly state: RingState;
  readonly lateSince: Date | null;
}

export interface EndedManager {
  readonly id: string;
  readonly version: string;
  /** By the database's clock. */
  readonly seenAt: Date;
}

export interface DiagnosticsStore {
  /** Damage that the database finds in its own file or tables; PostgreSQL is not checked. */
  integrity(): Promise<readonly string[]>;
  /** Of the server; undefined for SQLite, which is part of this program. */
  serverMajorVersion(): Promise<number | undefined>;
  /** By the database's clock. */
  now(): Promise<Date>;
  /** Managers that ended without taking their leave; of SQLite none, which one manager has for itself. */
  endedManagers(): Promise<readonly EndedManager[]>;
  newestAuditRecordAt(): Promise<Date | undefined>;
  /** By expiration time. */
  expiringBefore(time: Date, limit: number): Promise<readonly SoonExpiringJwk[]>;
  failingUrls(limit: number): Promise<readonly FailingUrl[]>;
  /** Of all projects, in pages by id. */
  examinedRings(afterId: string, limit: number): Promise<readonly ExaminedRing[]>;
  /** RETIRING keys that were used after every node had their successor. */
  usedRetiringKeys(limit: number): Promise<readonly UsedRetiringKey[]>;
  jwksWithRevokedKid(limit: number): Promise<readonly JwkWithRevokedKid[]>;
  /** Of all projects, in pages by id of the application: what each was granted on key rings. */
  ringGrants(
    afterId: string,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly grants: readonly RingGrant[] }[]>;
  /** Key rings that token profiles or historical keys use; `usedBy` says for which: `by token profile p`. */
  reservedRings(): Promise<readonly { readonly id: string; readonly usedBy: string }[]>;
  failingKeySets(limit: number): Promise<readonly FailingKeySet[]>;
  /** Secret keys for AES-GCM that encrypted at least so often. */
  /** Those that fail or lost events, by project and name. */
  failingOutlets(limit: number): Promise<readonly FailingOutlet[]>;
  failingWebhooks(limit: number): Promise<readonly FailingWebhook[]>;
  gcmUses(atLeast: number, limit: number): Promise<readonly GcmUse[]>;
  /** Registered nodes of all environments. */
  nodeCount(): Promise<number>;
}

export interface DiagnosticsStores {
  readonly diagnostics: DiagnosticsStore;
}
