import type { ProjectDeployments } from '../access/projects.ts';
import type { NodeRefusal } from './environment-store.ts';

/** What a node reports now; it overrides what the database last recorded. */
export interface LiveNodeState {
  readonly connected: boolean;
  readonly appliedRevision: number;
  /** Absent until a heartbeat was recorded. */
  readonly lastSeenAt?: Date;
  readonly version: string | null;
  readonly refusal: NodeRefusal | null;
  readonly clockOffsetMs: number;
}

/** Which projects reach an environment that did not before, and which no longer do; by id. */
export interface ReachChange {
  readonly environmentId: string;
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

/** What these rules ask of deployments. */
export interface DeploymentPort<Stores> extends ProjectDeployments<Stores> {
  /** In the caller's transaction: brings desired state in line with which projects reach the environment now. */
  syncEnvironment(stores: Stores, change: ReachChange): Promise<void>;
  /** In the caller's transaction: desires what is set of the environment; of these kinds only, where they are given. */
  putDesiredSettings(
    stores: Stores,
    environmentId: string,
    kinds?: readonly 'environment-set'[],
  ): Promise<void>;
  /** After commit: closes its streams and forgets who waits for it. */
  environmentRemoved(environmentId: string): void;
  /** After commit: closes its stream. */
  nodeRemoved(nodeId: string): void;
  /** By node id; only nodes that are known to this process. */
  liveNodes(environmentId: string): ReadonlyMap<string, LiveNodeState>;
  /** Whether it was this process that last had the node's stream. */
  isOwn(node: { readonly managerId: string | null }): boolean;
}
