import type { Caller } from '../access/caller.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditEvent, AuditLog } from '../audit/audit-log.ts';
import { badRequest } from '../errors.ts';
import { lookupName, shownText } from '../names.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { DeploymentPort } from './deployment-port.ts';
import type { Environment, NodeKey, RegisteredNode } from './environment-store.ts';
import { type EnvironmentRuleStores, requireEnvironment } from './environments.ts';

export interface LeasedNode extends RegisteredNode {
  /** Until when it may sign where no manager hears from it any more; null: without end, or it never signs. */
  readonly signsUntil: Date | null;
}

/** The nodes that joined an environment. For administrators. */
export interface Nodes {
  /** By name order. */
  list(environmentName: string): Promise<readonly LeasedNode[]>;
  /** By id of their environment, each by name order; an environment without any is left out. */
  listOf(environmentIds: readonly string[]): Promise<ReadonlyMap<string, readonly RegisteredNode[]>>;
  /** Removes a node: its key is barred, its name is free, and deployments no longer wait for it. */
  delete(caller: Caller, environmentName: string, nodeName: string): Promise<RemovedNode>;
  /** The key that was barred last under this name is accepted again. */
  readmit(caller: Caller, environmentName: string, nodeName: string): Promise<void>;
}

export interface RemovedNode {
  /** Texts for the administrator. */
  readonly warnings: readonly string[];
}

export interface NodesOptions<Stores extends EnvironmentRuleStores> {
  readonly store: UnitOfWork<Stores>;
  readonly audit: AuditLog;
  readonly deployments: Pick<DeploymentPort<Stores>, 'liveNodes' | 'isOwn' | 'nodeRemoved'>;
  /**
   * By environment id: how long a node may sign after it was last heard, in milliseconds; null: without end. An environment
   * without key rings is left out.
   */
  readonly longestLeases: (
    stores: Stores,
    environmentIds: readonly string[],
  ) => Promise<ReadonlyMap<string, number | null>>;
}

export function createNodes<Stores extends EnvironmentRuleStores>(options: NodesOptions<Stores>): Nodes {
  const { store, audit, deployments, longestLeases } = options;
  const record = (stores: Stores, facts: NodeFacts) => audit.append(stores, nodeEvent(facts));
  /** For its own nodes this manager has newer facts than the records; for others it uses the records of their managers. */
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
      const { id, nodes, leases } = await store.read(async (stores) => {
        const { id } = await requireEnvironment(stores, environmentName);
        return { id, nodes: await stores.nodes.list(id), leases: await longestLeases(stores, [id]) };
      });
      return asTheyAre(id, nodes).map((node) => ({ ...node, signsUntil: signsUntil(node, leases.get(id)) }));
    },

    async listOf(environmentIds) {
      const nodes = await store.read((stores) => stores.nodes.listOf(environmentIds));
      const byEnvironment = Map.groupBy(nodes, ({ environmentId }) => environmentId);
      return new Map([...byEnvironment].map(([id, own]) => [id, asTheyAre(id, own)]));
    },

    async delete(caller, environmentName, nodeName) {
      const removed = await store.write(async (stores) => {
        const environment = await requireEnvironment(stores, environmentName);
        const name = lookupName(nodeName);
        const node = await stores.nodes.find(environment.id, name);
        const key = await keyInUse(stores, environment.id, name);
        if (!node && !key) throw badRequest(`Node (name: ${shownText(nodeName)}) is not found!`, notFound);
        if (key) await stores.nodeKeys.bar(key.id, 'removed');
        if (node) await stores.nodes.delete(node.id);
        await record(stores, {
          verb: 'delete',
          actor: caller.username,
          id: node?.id ?? null,
          name,
          environment,
          key,
        });
        const leases = await longestLeases(stores, [environment.id]);
        return { node, name, leaseMs: leases.get(environment.id) };
      });
      if (removed.node) deployments.nodeRemoved(removed.node.id);
      return { warnings: [stillServes(removed)] };
    },

    async readmit(caller, environmentName, nodeName) {
      await store.write(async (stores) => {
        const environment = await requireEnvironment(stores, environmentName);
        const name = lookupName(nodeName);
        const [newest, ...older] = await stores.nodeKeys.listOfName(environment.id, name);
        const inUse = [newest, ...older].find((key) => key?.barred === null);
        if (inUse && newest) {
          const problem = older.length > 0 ? 'another key has the name' : 'it was not removed';
          throw badRequest(`Node (name: ${name}) cannot be readmitted: ${problem}!`);
        }
        if (!newest) throw badRequest(`Node (name: ${shownText(nodeName)}) is not found!`, notFound);
        await stores.nodeKeys.readmit(newest.id);
        await record(stores, {
          verb: 'readmit',
          actor: caller.username,
          id: newest.id,
          name,
          environment,
          key: newest,
        });
      });
    },
  };
}

const notFound = { reason: 'NOT_FOUND' } as const;

/** @param leaseMs null: without end; undefined: there is no key ring */
function signsUntil(node: RegisteredNode, leaseMs: number | null | undefined): Date | null {
  const { lastSeenAt, privateKeys } = node;
  if (lastSeenAt === null || leaseMs === null || leaseMs === undefined || !privateKeys) return null;
  return new Date(lastSeenAt.getTime() + leaseMs);
}

/** Where no lease and no serve limit ends what a node does, only its own disk does. */
function stillServes(removed: {
  readonly node: RegisteredNode | undefined;
  readonly name: string;
  readonly leaseMs: number | null | undefined;
}): string {
  const { node, name, leaseMs } = removed;
  const head = `Node ${name} is sent nothing more, but`;
  const signs = node && signsUntil(node, leaseMs);
  const { lastSeenAt = null, serveLimitMs = null, privateKeys = true } = node ?? {};
  const publishes =
    lastSeenAt !== null && serveLimitMs !== null ? new Date(lastSeenAt.getTime() + serveLimitMs) : null;
  const copy = 'until its copy is deleted from its disk';
  if (!privateKeys) return `${head} may publish what it holds ${publishes ? timeOf(publishes) : copy}.`;
  if (!signs && !publishes) {
    return `${head} has no lease that ends: it may publish and sign with what it holds ${copy}.`;
  }
  return `${head} may sign with key rings ${signs ? timeOf(signs) : copy}, and publish what it holds ${publishes ? timeOf(publishes) : copy}.`;
}

function timeOf(instant: Date): string {
  return `until ${new Date(Math.ceil(instant.getTime() / 1000) * 1000).toISOString().replace('.000Z', 'Z')}`;
}

async function keyInUse(stores: EnvironmentRuleStores, environmentId: string, name: string) {
  const keys = await stores.nodeKeys.listOfName(environmentId, name);
  return keys.find(({ barred }) => barred === null);
}

interface NodeFacts {
  readonly verb: 'delete' | 'readmit';
  readonly actor: string;
  readonly id: string | null;
  readonly name: string;
  readonly environment: Environment;
  readonly key: NodeKey | undefined;
}

function nodeEvent({ verb, actor, id, name, environment, key }: NodeFacts): AuditEvent {
  return auditEvent({
    actor,
    action: `node.${verb}`,
    objectType: 'node',
    objectId: id,
    objectName: name,
    details: {
      environment: environment.name,
      tokenId: key?.tokenId ?? null,
      tokenName: key?.tokenName ?? null,
    },
  });
}
