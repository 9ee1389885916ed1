// Which events are kept: of each project the newest 10,000, and none longer than 7 days.

import type { EventStores } from './event-store.ts';
import { eventTypes } from './event-types.ts';

export const eventLimits = Object.freeze({ mostKept: 10_000, keptMs: 7 * 24 * 3600 * 1000 });

const projectsAtOnce = 20;

/** A step of maintenance. @returns how many were deleted, at most `limit` of each project */
export async function pruneEvents({ events }: EventStores, limit: number): Promise<number> {
  const notBefore = new Date(Date.now() - eventLimits.keptMs);
  const { mostKept } = eventLimits;
  let deleted = 0;
  for (const { projectId, first, newest } of await events.prunable({ mostKept, notBefore }, projectsAtOnce)) {
    const query = { projectId, after: first - 1, types: eventTypes };
    const oldest = await events.list(query, limit);
    const ending = oldest.filter(({ sequence, at }) => sequence <= newest - mostKept || at < notBefore);
    const last = ending.at(-1);
    if (last) deleted += await events.deleteUpTo(projectId, last.sequence);
  }
  return deleted;
}
