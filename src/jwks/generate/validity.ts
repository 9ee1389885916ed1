import { badRequest } from '../../errors.ts';
import { shownText } from '../../names.ts';
import { parseInstant } from '../../runtime/instant.ts';

export interface Validity {
  readonly notBeforeTime: Date;
  readonly expirationTime: Date;
}

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
  const instant = parseInstant(text);
  if (instant !== undefined) return instant;
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
