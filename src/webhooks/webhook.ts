// A webhook: an outlet of the kind WEBHOOK, as far as its deliveries need it.

import type { StoredEvent } from '../events/event.ts';
import type { EventType } from '../events/event-types.ts';

/** Which events a webhook gets. */
export interface Subscription {
  readonly types: readonly EventType[];
  /** Of what happened in one environment, only what happened in one of these; null: in any. */
  readonly environmentNames: readonly string[] | null;
}

export interface Webhook extends Subscription {
  readonly outletId: string;
  readonly outletName: string;
  readonly projectId: string;
  readonly projectName: string;
  /** Another after each change, and after each request to deliver. */
  readonly version: string;
  readonly createdAt: Date;
  readonly url: string;
  /** Secret. The newest first; each signs. */
  readonly keysAt: (now: Date) => readonly Buffer[];
}

/** Reads the outlets of this kind. */
export interface Webhooks<Stores> {
  /** By outlet id: the version of each. */
  versions(stores: Stores): Promise<ReadonlyMap<string, string>>;
  /** Of the outlets of a project, by outlet id. */
  subscriptions(stores: Stores, projectId: string): Promise<ReadonlyMap<string, Subscription>>;
  /** Undefined: it was deleted, or its row was altered outside keyplane. */
  load(stores: Stores, outletId: string): Promise<Webhook | undefined>;
}

/** Whether a webhook gets an event, as the query for its events finds it. */
export function isSubscribed(
  { types, environmentNames }: Subscription,
  { type, facts }: Pick<StoredEvent, 'type' | 'facts'>,
): boolean {
  const { environmentName } = facts;
  if (!types.includes(type)) return false;
  // Null: the environment was deleted when it was recorded.
  if (environmentNames === null || typeof environmentName !== 'string') return true;
  return environmentNames.includes(environmentName);
}
