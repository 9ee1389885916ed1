import { badRequest } from '../errors.ts';
import { parseInstant } from '../runtime/instant.ts';

const notValid = Object.freeze({ reason: 'FIELD_NOT_VALID', member: 'expiresAt' } as const);

export function futureInstant(text: string, now: Date): Date {
  const instant = parseInstant(text);
  if (instant === undefined) {
    throw badRequest('expiresAt must be an ISO 8601 date and time, such as 2030-01-31T12:00:00Z!', notValid);
  }
  if (instant <= now) throw badRequest('expiresAt must be in the future!', notValid);
  return instant;
}
