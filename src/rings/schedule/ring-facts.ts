// What a decision about a ring is made from, and what it is. PURE. Times are milliseconds since 1970 by the clock of the
// database, durations are milliseconds.

import type { MemberState } from '../../jwks/ring-member.ts';
import type { HoldCause, RingState } from '../ring.ts';

export interface PolicyFacts {
  readonly rotationIntervalMs: number | null;
  readonly maxTokenLifetimeMs: number;
  readonly verifierCacheTimeMs: number;
  readonly clockSkewMs: number;
  readonly signingLeaseMs: number | null;
}

export interface MemberFacts {
  readonly version: number;
  readonly jwkId: string;
  readonly kid: string;
  readonly state: MemberState;
  /** By environment id; see `RingMember.revisions`. An environment that it lacks has the member since it was first sent. */
  readonly revisions: Readonly<Record<string, number>>;
  /** By environment id; see `RingMember.joinedAt`. */
  readonly joinedAt: Readonly<Record<string, number>>;
  readonly createdAt: number;
  readonly publishedAt: number | null;
  readonly readyAt: number | null;
  readonly activatedAt: number | null;
  readonly retireAt: number | null;
  readonly retiredAt: number | null;
  readonly revokedAt: number | null;
  readonly confirmedAt: number | null;
  readonly sentRetireAt: number | null;
  readonly pendingNodeIds: readonly string[];
  readonly hasSigned: boolean;
  readonly erased: boolean;
  /** Generated with an algorithm, curve or size that the ring no longer has. */
  readonly outdated: boolean;
}

/** A registered node of the ring's environments. */
export interface NodeFacts {
  readonly id: string;
  readonly name: string;
  readonly environmentId: string;
  readonly environmentName: string;
  readonly connected: boolean;
  /** Highest revision that it confirmed on its stream; 0 before its first, also while it connects again. */
  readonly appliedRevision: number;
  /** When it confirmed that; null: it never confirmed any revision, and responds with 503 until it does. */
  readonly appliedAt: number | null;
  readonly registeredAt: number;
  /** As last durably recorded. */
  readonly lastSeenAt: number | null;
  readonly privateKeys: boolean;
  /** It responds with 503 for JWK Sets when it has heard from no manager for this long. */
  readonly serveLimitMs: number | null;
  readonly ephemeral: boolean;
  /** Its environment left the ring with this revision: until it has confirmed that, it uses and publishes what it had. */
  readonly leftRevision?: number;
  /** It is the delivery of this outlet: at the node of this name, or by the manager. */
  readonly outlet?: {
    readonly name: string;
    /** Null: the manager delivers. */
    readonly nodeName: string | null;
    /** The last attempt failed, so it is not about to confirm. */
    readonly isFailing: boolean;
  };
}

export interface FormerCaches {
  /** The larger one, if a change followed another while that still counted. */
  readonly ms: number;
  /** When the last node confirmed the change; null: not every node has. */
  readonly confirmedAt: number | null;
}

/** See `FormerLimits` of the ring. */
export interface FormerLimitFacts {
  readonly maxTokenLifetimeMs: number;
  readonly signingLeaseMs: number | null;
  readonly revisions: Readonly<Record<string, number>>;
  readonly until: number | null;
}

export interface RingFacts {
  readonly now: number;
  readonly name: string;
  /** OCT keys of either use are never published. */
  readonly kind: 'SIGNATURE' | 'ENCRYPTION' | 'OCT';
  readonly policy: PolicyFacts;
  readonly formerLimits: FormerLimitFacts | null;
  readonly createdAt: number;
  readonly heldBecause: HoldCause | null;
  readonly rotateRequestedAt: number | null;
  readonly requestedActivation: { readonly version: number; readonly force: boolean } | null;
  readonly resumedAt: number | null;
  /** Ascending by version. */
  readonly members: readonly MemberFacts[];
  readonly nodes: readonly NodeFacts[];
  /** Those of environments that left the ring. */
  readonly leftNodes: readonly NodeFacts[];
  /** Deliveries of outlets, which confirm as nodes do. */
  readonly outlets: readonly NodeFacts[];
  /** A + W, as it is now. */
  readonly cachesMs: number;
  /** A + W before its last change, as long as bodies that were served under it may count; see `caches.ts`. */
  readonly formerCaches: FormerCaches | null;
  /**
   * When a node of these environments, or of one that left the ring, was last removed or took its leave, or an outlet left
   * them: until then it served, or delivered, what it had. `now` where that is not recorded.
   */
  readonly nodeRemovedAt: number | null;
  /** A revocation of this ring waits for a node. */
  readonly isRevoking: boolean;
}

/** One transition, to be done in one transaction. */
export type RingStep =
  /** A member of a new version is generated and desired everywhere. */
  | { readonly type: 'STAGE' }
  /** STAGED becomes NEXT: every node has it. Of a NEXT member whose publication is void after a restore, too. */
  | {
      readonly type: 'PUBLISHED';
      readonly version: number;
      readonly publishedAt: number;
      readonly readyAt: number;
    }
  /**
   * Every node has a RETIRING member again that some had unpublished: it is ready to be ACTIVE again after D. Not deployed. Without
   * this record each later change of an environment would move the time, because a node reports its latest revision alone.
   */
  | {
      readonly type: 'PUBLISHED_AGAIN';
      readonly version: number;
      readonly publishedAt: number;
      readonly readyAt: number;
    }
  /** NEXT becomes ACTIVE, the former ACTIVE RETIRING. */
  | { readonly type: 'ACTIVATE'; readonly version: number; readonly cause: ActivationCause }
  /** A RETIRING member becomes ACTIVE again, the ACTIVE one RETIRING, and the ring is held. */
  | { readonly type: 'ROLL_BACK'; readonly version: number }
  /**
   * What is known of the end of a RETIRING member. Where `retireAt` is another than before, nodes get it, and the revision
   * of that becomes the member's: who has confirmed it has no other `retireAt`.
   */
  | {
      readonly type: 'SET_RETIREMENT';
      readonly version: number;
      readonly retireAt: number | null;
      readonly confirmedAt: number | null;
      readonly pendingNodeIds: readonly string[];
    }
  /** RETIRING becomes RETIRED: no node has it. */
  | { readonly type: 'RETIRE'; readonly version: number }
  /** STAGED or NEXT that never signed, of an algorithm that the ring no longer has, becomes RETIRED and another is staged. */
  | { readonly type: 'WITHDRAW'; readonly version: number }
  /** Every node has the present policy, so that the former limits count until then and no longer. Not deployed. */
  | { readonly type: 'LIMITS_CONFIRMED'; readonly until: number }
  /** 30 days after its retirement. */
  | { readonly type: 'ERASE_PRIVATE_PART'; readonly version: number };

export const activationCauses = Object.freeze([
  'FIRST',
  'INTERVAL',
  'REQUESTED',
  'FORCED',
  'REVOKED',
] as const);
export type ActivationCause = (typeof activationCauses)[number];

export interface Waiting {
  /** Null where it is time and no node that is waited for (CACHES, HELD). */
  readonly environmentName: string | null;
  readonly nodeName: string | null;
  /** Absent where a node itself is waited for, or time. */
  readonly outletName?: string;
  readonly reason: 'NOT_CONNECTED' | 'NOT_CONFIRMED' | 'CACHES' | 'HELD';
  readonly lastSeenAt: number | null;
}

export interface RingDecision {
  /** The one transition that is due now. */
  readonly step: RingStep | undefined;
  readonly state: RingState;
  /** Since when an activation is due that did not happen, once that is longer than a tenth of the interval. */
  readonly lateSince: number | null;
  /** When the next activation is planned by the interval; null for a manual or held ring without a request. */
  readonly nextRotationAt: number | null;
  /** When an activation that is requested or due can happen at the earliest; null where that is unknown. */
  readonly activatesAt: number | null;
  readonly waitingFor: readonly Waiting[];
  /** When time alone can make a step due; null: never. */
  readonly changesAt: number | null;
  /** A confirmation of a node can change the decision. */
  readonly waitsForNodes: boolean;
}
