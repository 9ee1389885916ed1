// What a JWK is in its key ring, and what rules of JWKs read of rings.

/** STAGED, NEXT, ACTIVE, RETIRING and RETIRED follow each other; REVOKED ends any of them. */
export const memberStates = Object.freeze([
  'STAGED',
  'NEXT',
  'ACTIVE',
  'RETIRING',
  'RETIRED',
  'REVOKED',
] as const);
export type MemberState = (typeof memberStates)[number];

export const revocationReasons = Object.freeze(['COMPROMISED', 'SUPERSEDED', 'UNSPECIFIED'] as const);
export type RevocationReason = (typeof revocationReasons)[number];

/** What a JWK is in its ring. Stored with the JWK and covered by its MAC. */
export interface RingMember {
  readonly ringId: string;
  readonly version: number;
  readonly state: MemberState;
  /**
   * By environment id: the revision with which nodes have the state that it is in. Of a RETIRING member that is the
   * revision that activated its successor or changed its `retireAt`, of a REVOKED one that which unpublished it.
   */
  readonly revisions: Readonly<Record<string, number>>;
  /** By id, of environments that joined the ring after the member was created: when. Milliseconds since 1970. */
  readonly joinedAt: Readonly<Record<string, number>>;
  readonly publishedAt: Date | null;
  readonly readyAt: Date | null;
  readonly activatedAt: Date | null;
  readonly retireAt: Date | null;
  readonly retiredAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedReason: RevocationReason | null;
  /** RETIRING: the latest time at which a node confirmed its successor's activation, so far; null until first examined. */
  readonly confirmedAt: Date | null;
  /** RETIRING: the earliest `retireAt` that nodes were sent, also where it was removed since. */
  readonly sentRetireAt: Date | null;
  /** RETIRING: ids of nodes that had not confirmed that when last examined; empty until then. */
  readonly pendingNodeIds: readonly string[];
  /** It was active at some time. */
  readonly hasSigned: boolean;
  /** The private part was erased. */
  readonly erasedAt: Date | null;
  /** The key type, curve or size, and algorithm that it was generated with (`generationOf`); null: it was adopted. */
  readonly generation: string | null;
}

export type RingKind = 'SIGNATURE' | 'ENCRYPTION' | 'OCT';

/** By a ring, or by any of its members. OCT keys are never published, for any use. */
export function ringKindOf({
  type,
  use,
}: {
  readonly type: string;
  readonly use: 'sig' | 'enc' | null;
}): RingKind {
  if (type === 'OCT') return 'OCT';
  return use === 'enc' ? 'ENCRYPTION' : 'SIGNATURE';
}

/** As far as its members depend on it. */
export interface RingOfMember {
  readonly id: string;
  readonly name: string;
  readonly policy: {
    /** Private parts may leave by the API. */
    readonly exportable: boolean;
    /** Null: all environments that the project reaches. */
    readonly environmentIds: readonly string[] | null;
  };
}

export interface MemberRingStores {
  readonly rings: {
    find(projectId: string, name: string): Promise<RingOfMember | undefined>;
    /** In the order of `ids`; those that are not there are left out. */
    getMany(ids: readonly string[]): Promise<readonly RingOfMember[]>;
    /** By id order, in pages. */
    idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]>;
    /** Ids of its JWKs. */
    memberIds(ringId: string): Promise<readonly string[]>;
  };
}
