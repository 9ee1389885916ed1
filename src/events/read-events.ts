// Reads a project's events in order, from the one after a given number.

import { badRequest } from '../errors.ts';
import { shownText } from '../names.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { StoredEvent } from './event.ts';
import type { EventStores } from './event-store.ts';
import { type EventType, eventPatterns, isEventPattern, typesOf } from './event-types.ts';

export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** How many match, on this page and after it. */
  readonly total: number;
  /**
   * How many events after the given number are no longer kept, of all types. Null: the number is larger than that of any
   * event, as after a restore of an older backup, so it is unknown; the page then begins with the first event.
   */
  readonly lost: number | null;
  /** The number of the newest event of the project, of all types. */
  readonly newest: number;
}

export interface EventRequest {
  readonly projectId: string;
  /** Undefined: from the first event that is kept. */
  readonly after: number | undefined;
  readonly types: readonly EventType[];
  /** Undefined: of every environment, and of none. */
  readonly environmentName: string | undefined;
  readonly limit: number;
}

export type ReadEvents = (request: EventRequest) => Promise<EventPage>;

export function createEventReader(store: UnitOfWork<EventStores>): ReadEvents {
  return ({ projectId, after, types, environmentName, limit }) =>
    store.read(async ({ events }) => {
      const { first, newest } = await events.bounds(projectId);
      const isUnknown = after !== undefined && after > newest;
      const from = after === undefined || isUnknown ? 0 : after;
      const query = { projectId, after: from, types, environmentName };
      const lost = after === undefined ? 0 : Math.max(0, first - 1 - from);
      return {
        events: await events.list(query, limit),
        total: await events.count(query),
        lost: isUnknown ? null : lost,
        newest,
      };
    });
}

/** @throws KeyplaneError `bad_request` that names the pattern and what is accepted */
export function readEventPatterns(patterns: readonly string[], member: string): readonly EventType[] {
  const wrong = patterns.find((pattern) => !isEventPattern(pattern));
  if (wrong === undefined) return typesOf(patterns);
  throw badRequest(
    `${member} (${shownText(wrong)}) is not valid! Valid values: ${eventPatterns.join(', ')}`,
    { reason: 'FIELD_NOT_VALID', member },
  );
}
