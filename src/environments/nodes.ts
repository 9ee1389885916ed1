import type { Caller } from '../access/caller.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { badRequest } from '../errors.ts';
import { lookupName, shownText } from '../names.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { DeploymentPort } from './deployment-port.ts';
import type { RegisteredNode } from './environment-store.ts';
import { type EnvironmentRuleNouns, foundEnvironment } from './environments.ts';

/** The nodes that joined an environment. For administrators. */
export interface Nodes {
  /** By name order. */
  list(environmentName: string): Promise<readonly RegisteredNode[]>;
  /** By id of their environment, each by name order; an environment without any is left out. */
  listOf(environmentIds: readonly string[]): Promise<ReadonlyMap<string, readonly RegisteredNode[]>>;
  /** Forgets a node: deployments no longer wait for it. It comes back if it dials in again. */
  delete(caller: Caller, environmentName: string, nodeName: string): Promise<void>;
}

export interface NodesOptions<Nouns extends EnvironmentRuleNouns> {
  readonly store: UnitOfWork<Nouns>;
  readonly audit: AuditLog;
  readonly deployments: Pick<DeploymentPort<Nouns>, 'liveNodes' | 'isOwn' | 'nodeRemoved'>;
}

export function createNodes<Nouns extends EnvironmentRuleNouns>(options: NodesOptions<Nouns>): Nodes {
  const { store, audit, deployments } = options;
  /** Of its own nodes this manager knows more than it has recorded; of others', what their managers have. */
  const asTheyAre = (environmentId: string, nodes: readonly RegisteredNode[]): readonly RegisteredNode[] => {
    const live = deployments.liveNodes(environmentId);
    return nodes.map((node) => ({
      ...node,
      connected: node.connected && !deployments.isOwn(node),
      ...live.get(node.id),
    }));
  };
  return {
    async list(environmentName) {
      const { id, nodes } = await store.read(async (nouns) => {
        const { id } = await foundEnvironment(nouns, environmentName);
        return { id, nodes: await nouns.nodes.list(id) };
      });
      return asTheyAre(id, nodes);
    },

    async listOf(environmentIds) {
      const nodes = await store.read((nouns) => nouns.nodes.listOf(environmentIds));
      const byEnvironment = Map.groupBy(nodes, ({ environmentId }) => environmentId);
      return new Map([...byEnvironment].map(([id, own]) => [id, asTheyAre(id, own)]));
    },

    async delete(caller, environmentName, nodeName) {
      const removed = await store.write(async (nouns) => {
        const environment = await foundEnvironment(nouns, environmentName);
        const node = await nouns.nodes.find(environment.id, lookupName(nodeName));
        if (!node) throw badRequest(`Node (name: ${shownText(nodeName)}) is not found!`);
        await nouns.nodes.delete(node.id);
        await audit.append(nouns, {
          actor: caller.username,
          action: 'node.delete',
          objectType: 'node',
          objectId: node.id,
          objectName: node.name,
          projectName: null,
          outcome: 'SUCCESS',
          details: { environment: environment.name },
        });
        return node;
      });
      deployments.nodeRemoved(removed.id);
    },
  };
}
