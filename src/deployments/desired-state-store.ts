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
}

export interface DesiredPage {
  readonly afterRevision: number;
  /** Of objects that are gone, only those that went above this revision; 0 for all. */
  readonly goneAboveRevision: number;
  readonly limit: number;
}

export interface DesiredObject {
  readonly environmentId: string;
  readonly kind: DeployedKind;
  readonly objectId: string;
  readonly projectId: string;
  /** The environment's revision at which this row last changed; unique in its environment. */
  readonly revision: number;
  /** Digest of the content; null once the object is gone (the row stays so that a delta can say so). */
  readonly digest: Buffer | null;
}

export interface DesiredStateStore {
  /** Revision 0 and the empty digest for an environment that never had anything. Locks it until the commit. */
  lockState(environmentId: string): Promise<EnvironmentState>;
  state(environmentId: string): Promise<EnvironmentState>;
  standing(environmentId: string): Promise<EnvironmentStanding>;
  /** Of all environments, for the loop that looks at state. */
  states(): Promise<readonly EnvironmentState[]>;
  putState(state: EnvironmentState): Promise<void>;
  find(environmentId: string, kind: DeployedKind, objectId: string): Promise<DesiredObject | undefined>;
  put(object: DesiredObject): Promise<void>;
  /** Environments in which the object is desired now (not gone). */
  environmentsOf(kind: DeployedKind, objectId: string): Promise<readonly string[]>;
  /** In revision order. */
  rowsAfter(environmentId: string, page: DesiredPage): Promise<readonly DesiredObject[]>;
  /** How many rows, gone ones too, are above this revision. */
  countAfter(environmentId: string, revision: number): Promise<number>;
  countPresent(environmentId: string): Promise<number>;
  /** Present objects only, in revision order. */
  present(environmentId: string, afterRevision: number, limit: number): Promise<readonly DesiredObject[]>;
  /** Present objects of one project in one environment. */
  presentOfProject(environmentId: string, projectId: string): Promise<readonly DesiredObject[]>;
  /** Never lowers it. */
  raiseFloor(environmentId: string, floorRevision: number): Promise<void>;
  /** Deletes so many rows of objects that went at or below the floor. @returns how many */
  deleteGone(environmentId: string, floorRevision: number, limit: number): Promise<number>;
}

export interface DesiredStateNouns {
  readonly desired: DesiredStateStore;
}
