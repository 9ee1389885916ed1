// Desired state: for every environment, the objects that belong on its nodes, each change under its own revision. It is
// committed with the change that caused it, before anything is sent.

import type { DeployedKind } from '../protocol/content.ts';

/** Where an environment stands. The digest is that of `protocol/state-digest.ts` over all that is desired. */
export interface EnvironmentState {
  readonly environmentId: string;
  readonly revision: number;
  readonly digest: Buffer;
}

/** Under the lock of its transaction. */
export interface LockedState extends EnvironmentState {
  /** Which history of this installation the revision counts in; undefined before the first change. */
  readonly lineage: string | undefined;
}

/** The head of an environment's history and the start of what can still be sent as a delta. */
export interface EnvironmentHead extends EnvironmentState {
  /** Tombstones at or below this revision are deleted; 0 when all are kept. */
  readonly compactionRevision: number;
  /** Which history of this installation the revisions count in (`lineage.ts`). */
  readonly lineage: string | undefined;
  /** The head was altered outside keyplane: nothing is sent from it. */
  readonly altered?: boolean;
}

export interface DesiredPage {
  readonly afterRevision: number;
  /** Only tombstones above this revision; 0 for all. */
  readonly tombstonesAboveRevision: number;
  readonly limit: number;
}

export interface DesiredKey {
  readonly environmentId: string;
  readonly kind: DeployedKind;
  readonly objectId: string;
}

export interface DesiredObject extends DesiredKey {
  readonly projectId: string;
  /** The environment's revision at which this row last changed; unique in its environment. */
  readonly revision: number;
  /** Digest of the content; null for a tombstone, which stays so that a delta can contain it. */
  readonly digest: Buffer | null;
  /**
   * The revision since which it is in the environment, a JWK under the kid that it has. Objects that came at once have the
   * same. Null: since before this was recorded.
   */
  readonly sinceRevision: number | null;
  /** The row was altered outside keyplane: it is sent to no node. */
  readonly altered?: boolean;
}

export interface NewJwkKey {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  /** Empty where it has none. */
  readonly kid: string;
}

export interface NewJwkPlace {
  readonly hasProject: boolean;
  readonly isNameTaken: boolean;
  /** Another JWK of the project that has a public half has the kid. */
  readonly isKidHeld: boolean;
  readonly states: readonly LockedState[];
}

export interface DesiredStateStore {
  /**
   * In the given order, each as `state` returns it. Locks them until the commit.
   * @throws KeyplaneError `unavailable` for a head that was altered outside keyplane
   */
  lockStates(environmentIds: readonly string[]): Promise<readonly LockedState[]>;
  /**
   * What a new JWK meets, with the states of all environments that its project reaches, in the order of their ids.
   * `whenLocked` is still to be called.
   */
  lockJwkPlace(jwk: NewJwkKey): Promise<NewJwkPlace>;
  /**
   * The states that `lockJwkPlace` returned, as they are locked. Call it when all checks have passed and the object is stored: a
   * transaction that does not exclude others locks these states only now, and they may have moved on.
   */
  whenLocked(states: readonly LockedState[]): Promise<readonly LockedState[]>;
  /** Revision 0 and the empty digest for an environment that never had anything. */
  state(environmentId: string): Promise<EnvironmentState>;
  head(environmentId: string): Promise<EnvironmentHead>;
  /** Of all environments, for the loop that looks at state. */
  states(): Promise<readonly EnvironmentState[]>;
  /** Each of another environment. */
  putStates(states: readonly EnvironmentState[]): Promise<void>;
  /** Those that are there, in no order. */
  findMany(keys: readonly DesiredKey[]): Promise<readonly DesiredObject[]>;
  /** Each under another key. */
  putMany(objects: readonly DesiredObject[]): Promise<void>;
  /** By object id: the digest with which any environment desires the object now. */
  digestsAnywhere(kind: DeployedKind, objectIds: readonly string[]): Promise<ReadonlyMap<string, Buffer>>;
  /** Environments in which the object is desired now (no tombstone). */
  environmentsOf(kind: DeployedKind, objectId: string): Promise<readonly string[]>;
  /** Environments that the object was taken from, each with the revision of that; by the tombstones that are kept. */
  withdrawnFrom(
    kind: DeployedKind,
    objectId: string,
  ): Promise<readonly Pick<DesiredObject, 'environmentId' | 'revision'>[]>;
  /** In revision order. */
  rowsAfter(environmentId: string, page: DesiredPage): Promise<readonly DesiredObject[]>;
  /** Number of rows above this revision, tombstones included. */
  countAfter(environmentId: string, revision: number): Promise<number>;
  countPresent(environmentId: string): Promise<number>;
  /** Present objects only, in revision order. */
  present(environmentId: string, afterRevision: number, limit: number): Promise<readonly DesiredObject[]>;
  /** Present objects of one project in one environment, in revision order. */
  presentOfProject(
    environmentId: string,
    projectId: string,
    page: Pick<DesiredPage, 'afterRevision' | 'limit'>,
  ): Promise<readonly DesiredObject[]>;
  /** Never lowers it. */
  raiseCompactionRevision(environmentId: string, compactionRevision: number): Promise<void>;
  /** Deletes at most `limit` tombstones at or below the revision. @returns how many */
  deleteTombstones(environmentId: string, compactionRevision: number, limit: number): Promise<number>;
}

export interface DesiredStateStores {
  readonly desired: DesiredStateStore;
}
