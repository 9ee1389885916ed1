// How far the events of a project were delivered to each webhook.

import type { DeliveredEvents } from './delivered-events.ts';

export interface WebhookCursor extends DeliveredEvents {
  readonly outletId: string;
  readonly projectId: string;
  /** How many matching events were deleted undelivered since the receiver was last notified of a gap. */
  readonly lost: number;
  /** That failed since the last success. */
  readonly attempts: number;
  /** Public text; null while `attempts` is 0. */
  readonly lastError: string | null;
  readonly deliveredAt: Date | null;
  /** The version of the outlet to which the receiver responded with 410: it is sent nothing until it has another. */
  readonly stoppedVersion: string | null;
}

export interface PendingWebhook extends Pick<WebhookCursor, 'outletId' | 'stoppedVersion'> {
  /** Number of the newest event of its project; 0 where it never had any. */
  readonly newest: number;
}

export interface WebhookStore {
  /**
   * Of all outlets of this kind, those that may have something to deliver: they have no cursor yet, there are events after
   * it, or some were lost.
   */
  pending(): Promise<readonly PendingWebhook[]>;
  cursors(outletIds: readonly string[]): Promise<readonly WebhookCursor[]>;
  cursorsOfProject(projectId: string): Promise<readonly WebhookCursor[]>;
  /** All but `lost`. Without effect where the outlet was deleted. */
  put(cursor: Omit<WebhookCursor, 'lost'>): Promise<void>;
  /** Negative once the receiver was notified. */
  addLost(outletId: string, count: number): Promise<void>;
  /** Where an outlet begins that was created then: number of the last event before it. */
  lastBefore(projectId: string, at: Date): Promise<number>;
}

export interface WebhookStores {
  readonly webhooks: WebhookStore;
}
