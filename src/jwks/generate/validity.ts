import { badRequest } from '../../errors.ts';
import { shownText } from '../../names.ts';

export interface Validity {
  readonly notBeforeTime: Date;
  readonly expirationTime: Date;
}

/** RFC 3339 §5.6: a full date and time with its offset. */
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** From now for a year, unless it was asked for otherwise. @throws KeyplaneError `bad_request` */
export function readValidity(
  given: { readonly notBeforeTime?: string | undefined; readonly expirationTime?: string | undefined },
  now: Date,
): Validity {
  const notBeforeTime = readInstant(given.notBeforeTime, 'notBeforeTime') ?? now;
  const expirationTime = readInstant(given.expirationTime, 'expirationTime') ?? aYearAfter(notBeforeTime);
  if (expirationTime <= notBeforeTime) {
    const order = `${expirationTime.toISOString()} is not after notBeforeTime ${notBeforeTime.toISOString()}`;
    throw badRequest(`expirationTime is not valid! ${order}`, {
      reason: 'FIELD_NOT_VALID',
      member: 'expirationTime',
    });
  }
  return { notBeforeTime, expirationTime };
}

function readInstant(text: string | undefined, what: string): Date | undefined {
  if (text === undefined || text === '') return undefined;
  const date = new Date(text);
  // Date rolls the 30th of February over; the day that comes out must be the one that went in.
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  const real = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10));
  if (instantPattern.test(text) && real && !Number.isNaN(date.getTime())) return date;
  throw badRequest(
    `${what} (${shownText(text)}) is not valid! It takes ISO 8601, such as 2026-01-31T00:00:00Z`,
    { reason: 'FIELD_NOT_VALID', member: what },
  );
}

/** The 29th of February is followed by the 1st of March. */
function aYearAfter(date: Date): Date {
  const next = new Date(date);
  next.setUTCFullYear(next.getUTCFullYear() + 1);
  return next;
}
