import { newId } from '../new-id.ts';
import type { NewEvent } from './event.ts';
import type { EventStores } from './event-store.ts';

/**
 * Call it in the transaction of the change: the event is there exactly when the change is. It costs one statement, whether
 * anything listens or not.
 */
export async function recordEvent(
  { events }: EventStores,
  { kid = '', facts = {}, ...event }: NewEvent,
): Promise<void> {
  await events.append({ ...event, id: newId(event.at.getTime()), kid: kid === '' ? null : kid, facts });
}
