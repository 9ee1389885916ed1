import { badRequest } from '../errors.ts';
import { parseInstant } from '../runtime/instant.ts';

/** @param member of the request that holds the text @throws KeyplaneError `bad_request` */
export function futureInstant(text: string, now: Date, member = 'expiresAt'): Date {
  const notValid = { reason: 'FIELD_NOT_VALID', member } as const;
  const instant = parseInstant(text);
  if (instant === undefined) {
    throw badRequest(`${member} must be an ISO 8601 date and time, such as 2030-01-31T12:00:00Z!`, notValid);
  }
  if (instant <= now) throw badRequest(`${member} must be in the future!`, notValid);
  return instant;
}
