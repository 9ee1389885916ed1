// What nodes report of their deliveries.

import type { OutletsReport } from '../protocol/messages.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { type DeliveryStateName, deliveryStates } from './outlet.ts';
import type { OutletDelivery, OutletStores } from './outlet-store.ts';
import { type DeliveryStores, storeDeliveries } from './store-deliveries.ts';

export interface ReportingNode {
  readonly nodeId: string;
  readonly environmentId: string;
}

export type RecordDeliveries = (node: ReportingNode, report: OutletsReport) => Promise<void>;

/** Outlets that were deleted meanwhile are passed over. */
export function createDeliveryRecorder(store: UnitOfWork<OutletStores & DeliveryStores>): RecordDeliveries {
  return async ({ nodeId, environmentId }, { deliveries }) => {
    await store.write(async (stores) => {
      const { outlets } = stores;
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
      await storeDeliveries(stores, known, [...reported.values()]);
    });
  };
}

function isState(text: string): text is DeliveryStateName {
  return deliveryStates.some((known) => known === text);
}
