// Desired state: for every environment, which objects belong on its nodes, each change under a revision of its own.
// It is committed with the change that caused it, before anything is sent.

import type { DeployedKind } from '../protocol/content.ts';

/** Where an environment stands. The digest is that of `protocol/state-digest.ts` over all that is desired. */
export interface EnvironmentState {
  readonly environmentId: string;
  readonly revision: number;
  readonly digest: Buffer;
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
  /** Of all environments, for the loop that looks at state. */
  states(): Promise<readonly EnvironmentState[]>;
  putState(state: EnvironmentState): Promise<void>;
  find(environmentId: string, kind: DeployedKind, objectId: string): Promise<DesiredObject | undefined>;
  put(object: DesiredObject): Promise<void>;
  /** Environments in which the object is desired now (not gone). */
  environmentsOf(kind: DeployedKind, objectId: string): Promise<readonly string[]>;
  /** Rows with a revision above `afterRevision`, gone ones too, in revision order. */
  changedSince(
    environmentId: string,
    afterRevision: number,
    limit: number,
  ): Promise<readonly DesiredObject[]>;
  /** Present objects only, in revision order: what a snapshot is made of. */
  present(environmentId: string, afterRevision: number, limit: number): Promise<readonly DesiredObject[]>;
  /** Present objects of one project in one environment. */
  presentOfProject(environmentId: string, projectId: string): Promise<readonly DesiredObject[]>;
}

export interface DesiredStateNouns {
  readonly desired: DesiredStateStore;
}
