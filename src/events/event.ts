// An event: what happened to an object, for programs that react to it. Events of a project are numbered 1, 2, 3, … in the
// order of their commits, so a reader knows from the numbers whether it missed any. An event never holds key material.

import type { EventObjectType, EventType } from './event-types.ts';

/** Public facts beside the name, such as the version of a member. */
export type EventFacts = Readonly<Record<string, string | number | boolean | null>>;

export interface NewEvent {
  readonly projectId: string;
  readonly type: EventType;
  readonly objectType: EventObjectType;
  readonly objectName: string;
  readonly kid?: string | undefined;
  readonly facts?: EventFacts | undefined;
  readonly at: Date;
}

export interface StoredEvent {
  readonly projectId: string;
  /** Within the project, without a gap. */
  readonly sequence: number;
  /** UUIDv7. A receiver recognises by it an event that it got before. */
  readonly id: string;
  readonly type: EventType;
  readonly objectType: EventObjectType;
  readonly objectName: string;
  readonly kid: string | null;
  readonly facts: EventFacts;
  readonly at: Date;
}

/** What a receiver gets. */
export interface EventBody {
  readonly type: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly data: {
    readonly projectName: string;
    readonly objectType: string;
    readonly objectName: string;
    readonly kid?: string;
    readonly [fact: string]: string | number | boolean | null | undefined;
  };
}

export function eventBody(event: StoredEvent, projectName: string): EventBody {
  const { type, objectType, objectName, kid, facts, at } = event;
  return {
    type,
    timestamp: at.toISOString(),
    data: { projectName, objectType, objectName, ...(kid !== null && { kid }), ...facts },
  };
}
