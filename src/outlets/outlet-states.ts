// How far the deliveries of outlets are, as users see it.

import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { EnvironmentStores, RegisteredNode } from '../environments/environment-store.ts';
import type { EventStores } from '../events/event-store.ts';
import type { WebhookStores } from '../webhooks/webhook-store.ts';
import { outletKind } from './kinds/kinds.ts';
import type { DeliveryStateName, Outlet } from './outlet.ts';
import { environmentsOfOutlet } from './outlet-deployment.ts';
import type { OutletDelivery, OutletStores } from './outlet-store.ts';

export interface ShownDelivery {
  readonly environmentName: string;
  /** Undefined where the manager delivers. */
  readonly nodeName: string | undefined;
  /** The node of that name. */
  readonly node?: Pick<RegisteredNode, 'id' | 'environmentId' | 'connected'>;
  readonly state: DeliveryStateName;
  readonly digest: string | null;
  readonly deliveredAt: Date | null;
  readonly attempts: number;
  readonly lastError: string | null;
}

type StateStores = OutletStores & EnvironmentStores & DesiredStateStores & WebhookStores & EventStores;

/** By the id of the outlet; in the order of environment and node names. */
export async function describeDeliveries(
  stores: StateStores,
  outlets: readonly Outlet[],
): Promise<ReadonlyMap<string, readonly ShownDelivery[]>> {
  const known = new Map<string, OutletDelivery>();
  for (const delivery of await stores.outletDeliveries.ofOutlets(outlets.map(({ id }) => id))) {
    known.set(keyOf(delivery), delivery);
  }
  const shown = new Map<string, readonly ShownDelivery[]>();
  const environments = new Map<string, Awaited<ReturnType<typeof environmentFacts>>>();
  for (const outlet of outlets) {
    const deliveries: ShownDelivery[] = [];
    let webhook: Facts | undefined;
    for (const environment of await environmentsOfOutlet(stores, outlet)) {
      const { id: environmentId, name: environmentName } = environment;
      const of = (nodeId: string) => known.get(keyOf({ outletId: outlet.id, environmentId, nodeId }));
      if (outlet.kind === 'WEBHOOK') {
        webhook ??= await webhookFacts(stores, outlet);
        deliveries.push({ environmentName, nodeName: undefined, ...webhook });
        continue;
      }
      if (outletKind(outlet.kind).runsAt === 'MANAGER') {
        deliveries.push({ environmentName, nodeName: undefined, ...factsOf(of('')) });
        continue;
      }
      const facts = environments.get(environmentId) ?? (await environmentFacts(stores, environmentId));
      environments.set(environmentId, facts);
      const [desired] = await stores.desired.findMany([
        { environmentId, kind: 'outlet', objectId: outlet.id },
      ]);
      for (const node of facts.nodes) {
        const delivery = of(node.id);
        const since = { outletRevision: desired?.revision ?? 0, head: facts.head };
        deliveries.push({
          environmentName,
          nodeName: node.name,
          node,
          ...nodeFactsOf(delivery, node, since),
        });
      }
    }
    shown.set(outlet.id, deliveries);
  }
  return shown;
}

async function environmentFacts(stores: StateStores, environmentId: string) {
  const [nodes, { revision: head }] = [
    await stores.nodes.list(environmentId),
    await stores.desired.state(environmentId),
  ];
  return { nodes, head };
}

type Facts = Omit<ShownDelivery, 'environmentName' | 'nodeName' | 'node'>;

/** Before the first report, the delivery is still to come. */
function factsOf(delivery: OutletDelivery | undefined): Facts {
  if (!delivery) return { state: 'LAGGING', digest: null, deliveredAt: null, attempts: 0, lastError: null };
  const { state, digest, deliveredAt, attempts, lastError } = delivery;
  return { state, digest, deliveredAt, attempts, lastError };
}

/** Its events are those of the project, so they are the same in every environment. */
async function webhookFacts(stores: StateStores, { id, projectId }: Outlet): Promise<Facts> {
  const [cursor] = await stores.webhooks.cursors([id]);
  const { newest } = await stores.events.bounds(projectId);
  const { attempts = 0, lastError = null, deliveredAt = null, stoppedVersion = null } = cursor ?? {};
  const isPending = cursor === undefined || cursor.delivered < newest || cursor.lost > 0;
  const state = attempts > 0 || stoppedVersion !== null ? 'FAILING' : isPending ? 'LAGGING' : 'CURRENT';
  return { state, digest: null, deliveredAt, attempts, lastError };
}

/** A node reports what it knows; it knows nothing of changes that it has not got. */
function nodeFactsOf(
  delivery: OutletDelivery | undefined,
  node: RegisteredNode,
  { outletRevision, head }: { readonly outletRevision: number; readonly head: number },
): Facts {
  const facts = factsOf(delivery);
  if (facts.state !== 'CURRENT') return facts;
  const lacksOutlet = (delivery?.revision ?? 0) < outletRevision;
  const mayLackKeys = !node.connected && node.appliedRevision < head;
  return lacksOutlet || mayLackKeys ? { ...facts, state: 'LAGGING' } : facts;
}

function keyOf({
  outletId,
  environmentId,
  nodeId,
}: Pick<OutletDelivery, 'outletId' | 'environmentId' | 'nodeId'>): string {
  return `${outletId}/${environmentId}/${nodeId}`;
}
