// A webhook: an outlet of the kind WEBHOOK, as far as its deliveries need it.

import type { EventType } from '../events/event-types.ts';

export interface Webhook {
  readonly outletId: string;
  readonly outletName: string;
  readonly projectId: string;
  readonly projectName: string;
  /** Another after each change, and after each request to deliver. */
  readonly version: string;
  readonly createdAt: Date;
  readonly url: string;
  readonly types: readonly EventType[];
  /** Secret. The newest first; each signs. */
  readonly keysAt: (now: Date) => readonly Buffer[];
}

/** Reads the outlets of this kind. */
export interface Webhooks<Stores> {
  /** By outlet id: the version of each. */
  versions(stores: Stores): Promise<ReadonlyMap<string, string>>;
  /** Of the outlets of a project, by outlet id: the patterns of the events that they take. */
  patterns(stores: Stores, projectId: string): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Undefined: it was deleted, or its row was altered outside keyplane. */
  load(stores: Stores, outletId: string): Promise<Webhook | undefined>;
}
