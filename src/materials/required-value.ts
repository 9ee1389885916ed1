import { badRequest } from '../errors.ts';

/** Requires a value. @throws KeyplaneError `alias value can not be empty!` */
export function requireValue<T>(value: T | null | undefined, field: string): T {
  const empty = value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
  if (empty || (Array.isArray(value) && value.length === 0))
    throw badRequest(`${field} value can not be empty!`, { reason: 'FIELD_REQUIRED', member: field });
  return value as T;
}

const aliasCharactersLimit = 255;

/** An alias is another program's name for an entry, so it may hold spaces and signs, but nothing invisible. */
export function checkAlias(value: string): string {
  const alias = value.normalize('NFC');
  if ([...alias].length > aliasCharactersLimit || /\p{Cc}|\p{Cs}|\p{Co}|\p{Cn}/u.test(alias)) {
    throw badRequest(
      `alias is not valid! It takes 1 to ${aliasCharactersLimit} characters, none of them a control character`,
      { reason: 'FIELD_NOT_VALID', member: 'alias' },
    );
  }
  return alias;
}

/** An alias that may be left out, or left empty as forms do. */
export function optionalAlias(value: string | undefined): string | null {
  return value === undefined || value.trim() === '' ? null : checkAlias(value);
}
