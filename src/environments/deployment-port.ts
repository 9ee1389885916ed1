import type { ProjectWithdrawal } from '../access/projects.ts';
import type { NodeRefusal } from './environment-store.ts';

/** What a node tells of itself right now; it overrides what the database last recorded. */
export interface LiveNodeState {
  readonly connected: boolean;
  readonly appliedRevision: number;
  readonly lastSeenAt: Date | null;
  readonly version: string | null;
  readonly refusal: NodeRefusal | null;
}

/** What these rules ask of deployments. */
export interface DeploymentPort<Nouns> extends ProjectWithdrawal<Nouns> {
  /** In the caller's transaction: brings desired state in line with which projects reach the environment. */
  syncEnvironment(nouns: Nouns, environmentId: string): Promise<void>;
  /** After commit: closes its streams and forgets who waits for it. */
  environmentRemoved(environmentId: string): void;
  /** After commit. */
  nodeRemoved(nodeId: string): void;
  /** By node id; only nodes that are known to this process. */
  liveNodes(environmentId: string): ReadonlyMap<string, LiveNodeState>;
  /** Whether it was this process that last had the node's stream. */
  isOwn(node: { readonly managerId: string | null }): boolean;
}
