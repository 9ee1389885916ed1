// Which events of a project were delivered to a receiver, where the events of some objects are held up by one that fails.

import type { StoredEvent } from '../events/event.ts';
import type { EventObjectType } from '../events/event-types.ts';

export interface HeldObject {
  readonly objectType: EventObjectType;
  readonly objectName: string;
  /** Number of its first event that was not delivered. */
  readonly from: number;
}

export interface DeliveredEvents {
  /** Number of the event up to which all were delivered, or did not match. */
  readonly delivered: number;
  /** Number of the event up to which all were delivered, or did not match, but those of `held`. At least `delivered`. */
  readonly aheadUntil: number;
  /** In no order. */
  readonly held: readonly HeldObject[];
}

export function deliveredUpTo(sequence: number): DeliveredEvents {
  return { delivered: sequence, aheadUntil: sequence, held: [] };
}

export function objectKeyOf({ objectType, objectName }: Pick<HeldObject, 'objectType' | 'objectName'>) {
  return `${objectType} ${objectName}`;
}

/** @returns whether an event was delivered; those beyond `aheadUntil` count as undelivered */
export function deliveredFilter({ delivered, aheadUntil, held }: DeliveredEvents) {
  const heldFrom = new Map(held.map((object) => [objectKeyOf(object), object.from]));
  return (event: Pick<StoredEvent, 'sequence' | 'objectType' | 'objectName'>): boolean => {
    const { sequence } = event;
    if (sequence <= delivered || sequence > aheadUntil) return sequence <= delivered;
    return sequence < (heldFrom.get(objectKeyOf(event)) ?? Number.POSITIVE_INFINITY);
  };
}
