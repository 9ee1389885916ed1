import type { AccessStores } from '../access/access-store.ts';
import type { EventFacts } from '../events/event.ts';
import type { EventStores } from '../events/event-store.ts';
import type { EventType } from '../events/event-types.ts';
import { recordEvent } from '../events/record-event.ts';
import type { EnvironmentStores } from './environment-store.ts';

export type NodeEventStores = EventStores &
  Pick<AccessStores, 'projects'> &
  Pick<EnvironmentStores, 'environments'>;

export interface NodeEvent {
  readonly type: Extract<EventType, `node.${string}`>;
  readonly environmentId: string;
  readonly nodeName: string;
  readonly facts?: EventFacts;
  readonly at: Date;
}

/** A node serves every project that reaches its environment, so each of them gets the event. */
export async function recordNodeEvent(
  stores: NodeEventStores,
  { type, environmentId, nodeName, facts, at }: NodeEvent,
): Promise<void> {
  const environment = await stores.environments.get(environmentId);
  if (!environment) return;
  const projectIds = environment.projectIds ?? (await stores.projects.list()).map(({ id }) => id);
  for (const projectId of projectIds) {
    await recordEvent(stores, {
      projectId,
      type,
      objectType: 'node',
      objectName: nodeName,
      facts: { environmentName: environment.name, ...facts },
      at,
    });
  }
}
