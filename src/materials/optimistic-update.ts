import { badRequest } from '../errors.ts';
import { lookupName } from '../names.ts';

/** Two changes of one millisecond still differ, so that a race shows. */
export function laterThan(before: Date, now: Date): Date {
  return now > before ? now : new Date(before.getTime() + 1);
}

/** A name may be given again, but only as it is. @throws KeyplaneError `bad_request` */
export function requireSameName(
  given: string | undefined,
  name: string,
  what: string,
  member = 'name',
): void {
  if (given === undefined || given === '' || lookupName(given) === name) return;
  throw badRequest(`${what} can not be changed! It is ${name}`, { reason: 'FIELD_NOT_VALID', member });
}
