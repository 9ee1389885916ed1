import { environmentResult, type NodeFailure } from '../deployments/deployment-result.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { Environment, EnvironmentStores, RegisteredNode } from '../environments/environment-store.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { StoredJwk } from './jwk-store.ts';

/** Where a JWK is by now in one environment. */
export interface JwkDeployment {
  readonly environmentName: string;
  /** Of the environment, at which this JWK last changed there. */
  readonly revision: number;
  readonly environmentRevision: number;
  /** Whether every node has it; `message` is in the words of a deployment. */
  readonly success: boolean;
  readonly message: string;
  readonly nodes: readonly JwkOnNode[];
}

export interface JwkOnNode {
  readonly name: string;
  readonly connected: boolean;
  readonly appliedRevision: number;
  readonly hasIt: boolean;
  readonly lastSeenAt: Date | null;
  /** Why not, where it has it not. */
  readonly reason: string | null;
}

export interface JwkDeploymentOptions {
  readonly store: UnitOfWork<EnvironmentStores & DesiredStateStores>;
  /** By id of the environment. */
  readonly nodesOf: (
    environmentIds: readonly string[],
  ) => Promise<ReadonlyMap<string, readonly RegisteredNode[]>>;
}

/** By environment name, for every environment that the JWK's project reaches. */
export type FindJwkDeployments = (jwk: StoredJwk) => Promise<readonly JwkDeployment[]>;

export function createJwkDeployments({ store, nodesOf }: JwkDeploymentOptions): FindJwkDeployments {
  return async ({ id, projectId }) => {
    const desired = await store.read(async (stores) => {
      const environments = await stores.environments.listReachedBy(projectId);
      const keys = environments.map((environment) => {
        return { environmentId: environment.id, kind: 'jwk' as const, objectId: id };
      });
      const objects = new Map((await stores.desired.findMany(keys)).map((one) => [one.environmentId, one]));
      const states = new Map((await stores.desired.states()).map((state) => [state.environmentId, state]));
      return environments.flatMap((environment): readonly Desired[] => {
        const object = objects.get(environment.id);
        const environmentRevision = states.get(environment.id)?.revision ?? 0;
        return object && object.digest !== null
          ? [{ environment, revision: object.revision, environmentRevision }]
          : [];
      });
    });
    const nodes = await nodesOf(desired.map(({ environment }) => environment.id));
    return desired.map((one) => deploymentOf(one, nodes.get(one.environment.id) ?? []));
  };
}

interface Desired {
  readonly environment: Environment;
  readonly revision: number;
  readonly environmentRevision: number;
}

function deploymentOf(desired: Desired, known: readonly RegisteredNode[]): JwkDeployment {
  const { environment, revision, environmentRevision } = desired;
  const nodes = known.map((node) => onNode(node, revision));
  const failures: NodeFailure[] = nodes.flatMap(({ name, reason }) =>
    reason === null ? [] : { nodeName: name, reason },
  );
  const result = environmentResult(environment.name, known.length === 0 ? undefined : failures, 'deploy');
  return { ...result, revision, environmentRevision, nodes };
}

function onNode(node: RegisteredNode, revision: number): JwkOnNode {
  const { name, connected, appliedRevision, lastSeenAt } = node;
  const hasIt = appliedRevision >= revision;
  return { name, connected, appliedRevision, hasIt, lastSeenAt, reason: hasIt ? null : reasonOf(node) };
}

function reasonOf({ connected, refusal }: RegisteredNode): string {
  if (!connected) return 'not connected';
  return refusal?.reason ?? 'has not confirmed it yet';
}
