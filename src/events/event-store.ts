import type { StoredEvent } from './event.ts';
import type { EventType } from './event-types.ts';

export interface EventQuery {
  readonly projectId: string;
  /** Events with a larger number. */
  readonly after: number;
  readonly types: readonly EventType[];
  /** Those with this fact `environmentName`, exactly; absent: all. */
  readonly environmentName?: string | undefined;
  /** Those with one of these as this fact, and those without it; absent: all. */
  readonly environmentNames?: readonly string[] | undefined;
  /** Absent: of every object. */
  readonly object?: Pick<StoredEvent, 'objectType' | 'objectName'> | undefined;
}

/** Numbers of the events of a project that are kept; both 0 where it never had any. */
export interface EventBounds {
  readonly first: number;
  readonly newest: number;
}

/** A project that keeps more events than it may. */
export interface PrunableEvents extends EventBounds {
  readonly projectId: string;
}

export interface EventLimits {
  /** Of each project. */
  readonly mostKept: number;
  /** Older ones are not kept. */
  readonly notBefore: Date;
}

export interface EventStore {
  /** Numbers the event. Only in a transaction that excludes others of the project: the numbers are in the order of the commits. */
  append(event: Omit<StoredEvent, 'sequence'>): Promise<void>;
  /** Ascending by number. */
  list(query: EventQuery, limit: number): Promise<readonly StoredEvent[]>;
  count(query: EventQuery): Promise<number>;
  bounds(projectId: string): Promise<EventBounds>;
  prunable(limits: EventLimits, limit: number): Promise<readonly PrunableEvents[]>;
  /** Deletes all up to this number. The newest of a project is never deleted: it carries the numbering on. */
  deleteUpTo(projectId: string, sequence: number): Promise<number>;
}

export interface EventStores {
  readonly events: EventStore;
}
