import type { EnvironmentStores } from '../environments/environment-store.ts';
import type { EventStores } from '../events/event-store.ts';
import { recordEvent } from '../events/record-event.ts';
import type { Outlet } from './outlet.ts';
import type { OutletDelivery, OutletStores } from './outlet-store.ts';

export type DeliveryStores = Pick<OutletStores, 'outletDeliveries'> &
  Pick<EnvironmentStores, 'environments' | 'nodes'> &
  EventStores;

/** Stores what is known of deliveries. One that begins to fail is an event, once. */
export async function storeDeliveries(
  stores: DeliveryStores,
  outlets: ReadonlyMap<string, Outlet>,
  deliveries: readonly Omit<OutletDelivery, 'updatedAt'>[],
): Promise<void> {
  const failing = deliveries.filter(({ state }) => state === 'FAILING');
  if (failing.length > 0) {
    const before = await stores.outletDeliveries.ofOutlets(failing.map(({ outletId }) => outletId));
    const failed = new Set(before.filter(({ state }) => state === 'FAILING').map(keyOf));
    for (const delivery of failing) {
      const outlet = outlets.get(delivery.outletId);
      if (outlet && !failed.has(keyOf(delivery))) await recordFailure(stores, outlet, delivery);
    }
  }
  await stores.outletDeliveries.put(deliveries);
}

async function recordFailure(
  stores: DeliveryStores,
  { projectId, name, kind }: Outlet,
  { environmentId, nodeId, lastError }: Omit<OutletDelivery, 'updatedAt'>,
): Promise<void> {
  const environmentName = (await stores.environments.names([environmentId])).get(environmentId) ?? null;
  const nodes = nodeId === '' ? [] : await stores.nodes.list(environmentId);
  const nodeName = nodes.find(({ id }) => id === nodeId)?.name;
  await recordEvent(stores, {
    projectId,
    type: 'outlet.failing',
    objectType: 'outlet',
    objectName: name,
    facts: { kind, environmentName, ...(nodeName !== undefined && { nodeName }), lastError },
    at: new Date(),
  });
}

function keyOf({
  outletId,
  environmentId,
  nodeId,
}: Pick<OutletDelivery, 'outletId' | 'environmentId' | 'nodeId'>): string {
  return `${outletId}/${environmentId}/${nodeId}`;
}
