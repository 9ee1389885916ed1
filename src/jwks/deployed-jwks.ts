// Where the JWKs of a list are, environment by environment: for all rows at once, from what each node confirmed last.

import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import type { JwkDeploymentOptions } from './jwk-deployment.ts';
import type { ConfirmedRevision } from './jwk-store.ts';

/** Every node of the environment has it, some have, none has, or no node has joined. */
export const jwkEnvironmentStates = Object.freeze(['DEPLOYED', 'PARTIAL', 'MISSING', 'NO_NODES'] as const);
export type JwkEnvironmentState = (typeof jwkEnvironmentStates)[number];

export interface JwkInEnvironment {
  readonly environmentName: string;
  readonly state: JwkEnvironmentState;
}

export interface DeployedJwks {
  /** By id of the JWK, each by environment name; a JWK that is deployed nowhere is left out. */
  statesOf(
    projectId: string,
    jwkIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly JwkInEnvironment[]>>;
  /** Of each environment that the project reaches. */
  confirmedRevisions(projectId: string): Promise<readonly ConfirmedRevision[]>;
}

export function createDeployedJwks({ store, nodesOf }: JwkDeploymentOptions): DeployedJwks {
  return {
    async statesOf(projectId, jwkIds) {
      const { environments, objects } = await store.read((stores) => desiredIn(stores, projectId, jwkIds));
      const nodes = await nodesOf(environments.map(({ id }) => id));
      const byEnvironment = Map.groupBy(objects, ({ environmentId }) => environmentId);
      const states = new Map<string, JwkInEnvironment[]>();
      for (const { id, name } of environments) {
        const applied = (nodes.get(id) ?? []).map(({ appliedRevision }) => appliedRevision);
        for (const { objectId, revision } of byEnvironment.get(id) ?? []) {
          const one = { environmentName: name, state: stateOf(applied, revision) };
          const known = states.get(objectId);
          if (known === undefined) states.set(objectId, [one]);
          else known.push(one);
        }
      }
      return states;
    },

    async confirmedRevisions(projectId) {
      const environments = await store.read((stores) => stores.environments.listReachedBy(projectId));
      const ids = environments.map(({ id }) => id);
      const nodes = await nodesOf(ids);
      return ids.map((environmentId) => {
        const applied = (nodes.get(environmentId) ?? []).map(({ appliedRevision }) => appliedRevision);
        return { environmentId, revision: applied.length === 0 ? undefined : Math.min(...applied) };
      });
    },
  };
}

async function desiredIn(
  stores: EnvironmentStores & DesiredStateStores,
  projectId: string,
  jwkIds: readonly string[],
) {
  const environments = await stores.environments.listReachedBy(projectId);
  const keys = environments.flatMap(({ id }) =>
    jwkIds.map((objectId) => ({ environmentId: id, kind: 'jwk' as const, objectId })),
  );
  const objects = await stores.desired.findMany(keys);
  return { environments, objects: objects.filter(({ digest }) => digest !== null) };
}

/** @param applied the revision that each node of the environment confirmed */
function stateOf(applied: readonly number[], revision: number): JwkEnvironmentState {
  if (applied.length === 0) return 'NO_NODES';
  const having = applied.filter((confirmed) => confirmed >= revision).length;
  if (having === applied.length) return 'DEPLOYED';
  return having === 0 ? 'MISSING' : 'PARTIAL';
}
