// Which events are kept: of each project the newest 10,000, and none longer than 7 days.

import type { StoredEvent } from './event.ts';
import type { EventStores } from './event-store.ts';
import { eventTypes } from './event-types.ts';

export const eventLimits = Object.freeze({ mostKept: 10_000, keptMs: 7 * 24 * 3600 * 1000 });

const projectsAtOnce = 20;

/**
 * Deletes events that are no longer kept, in the caller's transaction: up to `limit` of each of a few projects.
 * @param onEnded called before those of a project are deleted
 * @returns how many were deleted
 */
export async function deleteEndedEvents(
  { events }: EventStores,
  limit: number,
  onEnded: (projectId: string, ended: readonly StoredEvent[]) => Promise<void>,
): Promise<number> {
  const notBefore = new Date(Date.now() - eventLimits.keptMs);
  const { mostKept } = eventLimits;
  let deleted = 0;
  for (const { projectId, first, newest } of await events.prunable({ mostKept, notBefore }, projectsAtOnce)) {
    const query = { projectId, after: first - 1, types: eventTypes };
    const oldest = await events.list(query, limit);
    const ended = oldest.filter(
      ({ sequence, at }) => sequence < newest && (sequence <= newest - mostKept || at < notBefore),
    );
    const last = ended.at(-1);
    if (!last) continue;
    await onEnded(projectId, ended);
    deleted += await events.deleteUpTo(projectId, last.sequence);
  }
  return deleted;
}
