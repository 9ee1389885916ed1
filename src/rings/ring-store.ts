import type { StoredJwk } from '../jwks/jwk-store.ts';
import type { RevocationReason } from '../jwks/ring-member.ts';
import type { KeyRing, RingState } from './ring.ts';

export interface RingListQuery {
  readonly search?: string;
  readonly sort: { readonly field: 'name' | 'createdAt' | 'updatedAt'; readonly descending: boolean };
  readonly offset: number;
  readonly limit: number;
  /** Those that were there at this time and of which no application used a key since. */
  readonly unusedSince?: Date | undefined;
}

/** A member's JWK; its `member` is set. */
export type MemberJwk = StoredJwk & { readonly member: NonNullable<StoredJwk['member']> };

export interface SafeNode {
  readonly environmentName: string;
  /** Null: an outlet of the manager. */
  readonly nodeName: string | null;
  /** Absent where the node itself is meant. */
  readonly outletName?: string;
  readonly safeAfterMs: number;
}

/** A revocation, as far as nodes have carried it out. Not deployed, so it carries no MAC. */
export interface Revocation {
  readonly id: string;
  readonly ringId: string;
  readonly kids: readonly string[];
  readonly reason: RevocationReason;
  readonly comment: string | null;
  readonly revokedAt: Date;
  /** The successor was activated before verifiers knew it. */
  readonly activatedBeforeReady: boolean;
  /** By environment id: the revision that unpublishes the keys. */
  readonly revisions: Readonly<Record<string, number>>;
  /** Nodes and deliveries of outlets that unpublish it, by id, each with the time after `revokedAt`. */
  readonly safe: Readonly<Record<string, SafeNode>>;
  /** Whether every node is in `safe`, or was removed. */
  readonly done: boolean;
  /** When the last node was safe; null until then. */
  readonly nodesSafeAt: Date | null;
}

/** What the scheduler found, for lists and figures. */
export interface RingExamination {
  readonly examineAt: Date | null;
  readonly state: RingState;
  readonly lateSince: Date | null;
}

export interface RingLease {
  readonly projectId: string;
  /** Null: all that the project reaches. */
  readonly environmentIds: readonly string[] | null;
  /** ISO 8601; null: without end. */
  readonly signingLease: string | null;
}

export interface KeyRingStore {
  /** By the clock of the database, which all rules of rings go by. */
  now(): Promise<Date>;
  find(projectId: string, name: string): Promise<KeyRing | undefined>;
  /** In the order of `ids`; those that are not there are left out. */
  getMany(ids: readonly string[]): Promise<readonly KeyRing[]>;
  list(
    projectId: string,
    query: RingListQuery,
  ): Promise<{ readonly rings: readonly KeyRing[]; readonly total: number }>;
  /** The ids alone, by id order, in pages. */
  idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]>;
  /** Rings to be examined at `now` or before it, the one that waits longest first; by an index. */
  due(now: Date, limit: number): Promise<readonly KeyRing[]>;
  /** When the first ring is to be examined; null: none is. By an index. */
  nextExamination(): Promise<Date | null>;
  /** Every ring that has not got a null `examineAt` moves to `at` if it is later: something changed that all depend on. */
  examineAll(at: Date): Promise<void>;
  /**
   * Of all projects, after a restore: holds all rings, and members that were sent to nodes and have not signed count as
   * published only once nodes confirm what the database has now. @returns how many rings
   */
  holdAll(cause: 'RESTORED'): Promise<number>;
  insert(ring: KeyRing): Promise<void>;
  update(ring: KeyRing): Promise<void>;
  /** Alone writes when it is examined next, and what was found: no MAC covers that, and no audit record is about it. */
  examined(id: string, examination: RingExamination): Promise<void>;
  /** What was found last; undefined: it was not examined yet. */
  examination(id: string): Promise<Pick<RingExamination, 'state' | 'lateSince'> | undefined>;
  /** The SIGNATURE rings of a project that have public keys, the oldest first. */
  signatureRings(projectId: string, limit: number): Promise<readonly KeyRing[]>;
  /** When a node of these environments was last removed or took its leave, or an outlet left them; null: none ever was. */
  nodeRemovedAt(environmentIds: readonly string[]): Promise<Date | null>;
  /** Which leases there are, each once for the environments that it is for. */
  signingLeases(): Promise<readonly RingLease[]>;
  /** With its revocations; its members must be deleted before. */
  delete(id: string): Promise<void>;
  /** The JWK ids of its members, ascending by version. */
  memberIds(ringId: string): Promise<readonly string[]>;
  /** Ascending by version. */
  members(ringId: string): Promise<readonly MemberJwk[]>;

  insertRevocation(revocation: Revocation): Promise<void>;
  updateRevocation(revocation: Revocation): Promise<void>;
  findRevocation(ringId: string, id: string): Promise<Revocation | undefined>;
  /** Of this ring, the newest first. */
  revocations(ringId: string): Promise<readonly Revocation[]>;
  /** Which they are, the newest first. */
  revokedKids(ringId: string): Promise<readonly Pick<Revocation, 'id' | 'kids'>[]>;
  /** Those of them that wait for a node. What nodes a revocation of the past waited for can be much, and is not read. */
  openRevocationsOf(ringId: string): Promise<readonly Revocation[]>;
  /** Those of all rings that wait for a node. */
  openRevocations(limit: number): Promise<readonly Revocation[]>;
}

export interface RingStores {
  readonly rings: KeyRingStore;
}
