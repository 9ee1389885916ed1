// Outlets of the kind WEBHOOK, as the deliveries of events need them.

import type { AccessStores } from '../access/access-store.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { typesOf } from '../events/event-types.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { Subscription, Webhook, Webhooks } from '../webhooks/webhook.ts';
import { keysOfCredential, type WebhookTarget } from './kinds/webhook.ts';
import type { Outlet } from './outlet.ts';
import type { OutletStores } from './outlet-store.ts';
import { openCredential } from './sealed-credential.ts';

type WebhookOutletStores = Pick<OutletStores, 'outlets'> &
  Pick<AccessStores, 'projects'> &
  Pick<EnvironmentStores, 'environments'>;

export function createWebhookReader<Stores extends WebhookOutletStores>(sealer: Sealer): Webhooks<Stores> {
  return {
    async versions({ outlets }) {
      const generations = await outlets.generationsOf('WEBHOOK');
      return new Map([...generations].map(([id, generation]) => [id, String(generation)]));
    },
    async subscriptions(stores, projectId) {
      const found = new Map<string, Subscription>();
      for (const outlet of await stores.outlets.ofProject(projectId)) {
        // A row that was altered may have anything in its target.
        if (outlet.kind !== 'WEBHOOK' || outlet.altered) continue;
        found.set(outlet.id, await subscriptionOf(stores, outlet));
      }
      return found;
    },
    async load(stores, outletId) {
      const [outlet] = await stores.outlets.getMany([outletId]);
      if (outlet?.kind !== 'WEBHOOK' || outlet.altered) return undefined;
      const project = await stores.projects.get(outlet.projectId);
      if (!project) return undefined;
      const subscription = await subscriptionOf(stores, outlet);
      return webhookOf(outlet, { sealer, projectName: project.name, subscription });
    },
  };
}

async function subscriptionOf({ environments }: WebhookOutletStores, outlet: Outlet): Promise<Subscription> {
  const ids = outlet.environmentIds;
  const environmentNames = ids && [...(await environments.names(ids)).values()];
  return { types: typesOf(targetOf(outlet).events), environmentNames };
}

export function webhookOf(
  outlet: Outlet,
  {
    sealer,
    projectName,
    subscription,
  }: { readonly sealer: Sealer; readonly projectName: string; readonly subscription: Subscription },
): Webhook {
  const credential = openCredential(sealer, outlet);
  return {
    ...subscription,
    outletId: outlet.id,
    outletName: outlet.name,
    projectId: outlet.projectId,
    projectName,
    version: String(outlet.generation),
    createdAt: outlet.createdAt,
    url: targetOf(outlet).url,
    keysAt: (now) => keysOfCredential(credential, now),
  };
}

function targetOf({ target }: Outlet): WebhookTarget {
  return target as unknown as WebhookTarget;
}
