import { badRequest } from '../errors.ts';

/** RFC 3339 §5.6, with the colon of the offset and the time's fraction left to choice. */
const instantPattern = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

const notValid = Object.freeze({ reason: 'FIELD_NOT_VALID', member: 'expiresAt' } as const);

export function futureInstant(text: string, now: Date): Date {
  const instant = new Date(text);
  const day = instantPattern.exec(text)?.[1];
  // Date carries 31 February over to March; the day on its own has to survive the way there and back.
  if (day === undefined || Number.isNaN(instant.getTime()) || !isCalendarDay(day)) {
    throw badRequest('expiresAt must be an ISO 8601 date and time, such as 2030-01-31T12:00:00Z!', notValid);
  }
  if (instant <= now) throw badRequest('expiresAt must be in the future!', notValid);
  return instant;
}

function isCalendarDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
