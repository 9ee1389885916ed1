// Desired state: for every environment, which objects belong on its nodes, each change under a revision of its own.
// It is committed with the change that caused it, before anything is sent.

import type { DeployedKind } from '../protocol/content.ts';

/** Where an environment stands. The digest is that of `protocol/state-digest.ts` over all that is desired. */
export interface EnvironmentState {
  readonly environmentId: string;
  readonly revision: number;
  readonly digest: Buffer;
}

/** What a node is told from: where the environment stands, and how far back that can be told. */
export interface EnvironmentStanding extends EnvironmentState {
  /** Rows of objects that are gone are kept above this revision only; 0 when all are there. */
  readonly floorRevision: number;
  /** Which history of this installation the revisions count in (`lineage.ts`). */
  readonly lineage: string | undefined;
  /** It was written past keyplane: nothing is told from it. */
  readonly altered?: boolean;
}

export interface DesiredPage {
  readonly afterRevision: number;
  /** Of objects that are gone, only those that went above this revision; 0 for all. */
  readonly goneAboveRevision: number;
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
  /** Digest of the content; null once the object is gone (the row stays so that a delta can say so). */
  readonly digest: Buffer | null;
  /**
   * The revision since which it is in the environment, a JWK under the kid that it has. Objects that came at once have the
   * same. Null: since before this was recorded.
   */
  readonly sinceRevision: number | null;
  /** The row was written past keyplane: it is told to no node. */
  readonly altered?: boolean;
}

export interface DesiredStateStore {
  /**
   * In the order that they are asked for, each as `state` answers it. Locks them until the commit.
   * @throws KeyplaneError `unavailable` for one that was written past keyplane
   */
  lockStates(environmentIds: readonly string[]): Promise<readonly EnvironmentState[]>;
  /** Revision 0 and the empty digest for an environment that never had anything. */
  state(environmentId: string): Promise<EnvironmentState>;
  standing(environmentId: string): Promise<EnvironmentStanding>;
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
  /** Environments in which the object is desired now (not gone). */
  environmentsOf(kind: DeployedKind, objectId: string): Promise<readonly string[]>;
  /** In revision order. */
  rowsAfter(environmentId: string, page: DesiredPage): Promise<readonly DesiredObject[]>;
  /** How many rows, gone ones too, are above this revision. */
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
  raiseFloor(environmentId: string, floorRevision: number): Promise<void>;
  /** Deletes so many rows of objects that went at or below the floor. @returns how many */
  deleteGone(environmentId: string, floorRevision: number, limit: number): Promise<number>;
}

export interface DesiredStateNouns {
  readonly desired: DesiredStateStore;
}
