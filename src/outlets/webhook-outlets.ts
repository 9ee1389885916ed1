// Outlets of the kind WEBHOOK, as the deliveries of events need them.

import type { AccessStores } from '../access/access-store.ts';
import { typesOf } from '../events/event-types.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { Webhook, Webhooks } from '../webhooks/webhook.ts';
import { keysOfCredential, type WebhookTarget } from './kinds/webhook.ts';
import type { Outlet } from './outlet.ts';
import type { OutletStores } from './outlet-store.ts';
import { openCredential } from './sealed-credential.ts';

type WebhookOutletStores = Pick<OutletStores, 'outlets'> & Pick<AccessStores, 'projects'>;

export function createWebhookReader<Stores extends WebhookOutletStores>(sealer: Sealer): Webhooks<Stores> {
  return {
    async versions({ outlets }) {
      const generations = await outlets.generationsOf('WEBHOOK');
      return new Map([...generations].map(([id, generation]) => [id, String(generation)]));
    },
    async patterns({ outlets }, projectId) {
      const own = (await outlets.ofProject(projectId)).filter(({ kind }) => kind === 'WEBHOOK');
      return new Map(own.map((outlet) => [outlet.id, targetOf(outlet).events]));
    },
    async load(stores, outletId) {
      const [outlet] = await stores.outlets.getMany([outletId]);
      if (outlet?.kind !== 'WEBHOOK' || outlet.altered) return undefined;
      const project = await stores.projects.get(outlet.projectId);
      return project && webhookOf(sealer, outlet, project.name);
    },
  };
}

export function webhookOf(sealer: Sealer, outlet: Outlet, projectName: string): Webhook {
  const credential = openCredential(sealer, outlet);
  const { url, events } = targetOf(outlet);
  return {
    outletId: outlet.id,
    outletName: outlet.name,
    projectId: outlet.projectId,
    projectName,
    version: String(outlet.generation),
    createdAt: outlet.createdAt,
    url,
    types: typesOf(events),
    keysAt: (now) => keysOfCredential(credential, now),
  };
}

function targetOf({ target }: Outlet): WebhookTarget {
  return target as unknown as WebhookTarget;
}
