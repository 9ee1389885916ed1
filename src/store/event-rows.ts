// The rows of events and of what is known of their deliveries. Times are milliseconds since 1970.

import type { EventObjectType, EventType } from '../events/event-types.ts';

export interface EventRow {
  project_id: string;
  /** 1, 2, 3, … within the project. */
  sequence: number;
  id: string;
  type: EventType;
  object_type: EventObjectType;
  object_name: string;
  kid: string | null;
  /** JSON of `EventFacts`. */
  facts: string;
  at: number;
}

/** The last warning that a JWK expires. */
export interface ExpiryNoticeRow {
  jwk_id: string;
  /** That the warning was about. */
  expiration_time: number;
  /** How many days before it. */
  days: number;
}

/** A node whose absence was reported, until it is back. */
export interface NodeAbsenceRow {
  node_id: string;
  reported_at: number;
}

/** How far the events of a project were delivered to an outlet. */
export interface WebhookCursorRow {
  outlet_id: string;
  project_id: string;
  /** Number of the last event up to which all were delivered, or did not match. */
  delivered: number;
  /** Number of the last event up to which all were delivered, or did not match, but those of `held`. */
  ahead_until: number;
  /** JSON of `[objectType, objectName, from]` for each object whose events from this number on were not delivered. */
  held: string;
  /** How many matching events were deleted undelivered, and not reported yet. */
  lost: number;
  /** That failed since the last success. */
  attempts: number;
  last_error: string | null;
  delivered_at: number | null;
  /** The version of the outlet to which the receiver responded with 410: it is sent nothing until it has another. */
  stopped_version: string | null;
}

export interface EventTables {
  events: EventRow;
  expiry_notices: ExpiryNoticeRow;
  node_absences: NodeAbsenceRow;
  webhook_cursors: WebhookCursorRow;
}
