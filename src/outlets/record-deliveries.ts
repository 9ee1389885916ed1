// What nodes report of their deliveries.

import type { EnvironmentStores } from '../environments/environment-store.ts';
import type { EventStores } from '../events/event-store.ts';
import { recordEvent } from '../events/record-event.ts';
import type { OutletsReport } from '../protocol/messages.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { type DeliveryStateName, deliveryStates, type Outlet } from './outlet.ts';
import type { OutletDelivery, OutletStores } from './outlet-store.ts';

export interface ReportingNode {
  readonly nodeId: string;
  readonly environmentId: string;
}

export type RecordDeliveries = (node: ReportingNode, report: OutletsReport) => Promise<void>;

type FailureStores = OutletStores & EventStores & Pick<EnvironmentStores, 'environments' | 'nodes'>;

/** Outlets that were deleted meanwhile are passed over. */
export function createDeliveryRecorder(
  store: UnitOfWork<FailureStores>,
  clock: () => Date,
): RecordDeliveries {
  return async ({ nodeId, environmentId }, { deliveries }) => {
    await store.write(async (stores) => {
      const { outlets, outletDeliveries } = stores;
      const known = new Map(
        (await outlets.getMany(deliveries.map(({ outletId }) => outletId))).map((one) => [one.id, one]),
      );
      const reported = new Map<string, Omit<OutletDelivery, 'updatedAt'>>();
      for (const { outletId, state, revision, digest, deliveredAt, attempts, lastError } of deliveries) {
        const outlet = known.get(outletId);
        if (!outlet || outlet.environmentIds?.includes(environmentId) === false || !isState(state)) continue;
        reported.set(outletId, {
          outletId,
          environmentId,
          nodeId,
          state,
          revision,
          digest,
          deliveredAt: deliveredAt === null ? null : new Date(deliveredAt),
          attempts,
          lastError,
        });
      }
      const failing = await newlyFailing(stores, [...reported.values()]);
      await outletDeliveries.put([...reported.values()]);
      for (const { outletId, lastError } of failing) {
        const outlet = known.get(outletId);
        if (outlet) await recordFailure(stores, outlet, { environmentId, nodeId, lastError, at: clock() });
      }
    });
  };
}

function isState(text: string): text is DeliveryStateName {
  return deliveryStates.some((known) => known === text);
}

type Reported = Omit<OutletDelivery, 'updatedAt'>;

/** Those that did not fail before. */
async function newlyFailing(
  { outletDeliveries }: OutletStores,
  reported: readonly Reported[],
): Promise<readonly Reported[]> {
  const failing = reported.filter(({ state }) => state === 'FAILING');
  if (failing.length === 0) return [];
  const before = await outletDeliveries.ofOutlets(failing.map(({ outletId }) => outletId));
  return failing.filter(
    ({ outletId, environmentId, nodeId }) =>
      !before.some(
        (one) =>
          one.outletId === outletId &&
          one.environmentId === environmentId &&
          one.nodeId === nodeId &&
          one.state === 'FAILING',
      ),
  );
}

interface Failure {
  readonly environmentId: string;
  readonly nodeId: string;
  readonly lastError: string | null;
  readonly at: Date;
}

async function recordFailure(
  stores: FailureStores,
  { kind, projectId, name }: Outlet,
  { environmentId, nodeId, lastError, at }: Failure,
): Promise<void> {
  const environment = await stores.environments.get(environmentId);
  const node = (await stores.nodes.list(environmentId)).find((one) => one.id === nodeId);
  await recordEvent(stores, {
    type: 'outlet.failing',
    at,
    projectId,
    objectType: 'outlet',
    objectName: name,
    facts: {
      kind,
      environmentName: environment?.name ?? '',
      ...(node && { nodeName: node.name }),
      lastError,
    },
  });
}
