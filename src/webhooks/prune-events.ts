// Deletes events that are no longer kept. What a webhook has not delivered by then is counted, so that its receiver is
// notified of how many are missing.

import { deleteEndedEvents } from '../events/delete-ended-events.ts';
import type { StoredEvent } from '../events/event.ts';
import { deliveredFilter } from './delivered-events.ts';
import { isSubscribed, type Webhooks } from './webhook.ts';
import type { WebhookRuleStores } from './webhook-delivery.ts';

/** A step of maintenance. @returns how many were deleted */
export function eventPruning<Stores extends WebhookRuleStores>(webhooks: Webhooks<Stores>) {
  return (stores: Stores, limit: number): Promise<number> =>
    deleteEndedEvents(stores, limit, (projectId, ended) => countLost(stores, webhooks, { projectId, ended }));
}

async function countLost<Stores extends WebhookRuleStores>(
  stores: Stores,
  webhooks: Webhooks<Stores>,
  { projectId, ended }: { readonly projectId: string; readonly ended: readonly StoredEvent[] },
): Promise<void> {
  const subscriptions = await webhooks.subscriptions(stores, projectId);
  for (const cursor of await stores.webhooks.cursorsOfProject(projectId)) {
    const subscription = subscriptions.get(cursor.outletId);
    if (subscription === undefined) continue;
    const wasDelivered = deliveredFilter(cursor);
    const lost = ended.filter((event) => isSubscribed(subscription, event) && !wasDelivered(event)).length;
    if (lost > 0) await stores.webhooks.addLost(cursor.outletId, lost);
  }
}
