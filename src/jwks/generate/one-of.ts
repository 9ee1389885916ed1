import { badRequest } from '../../errors.ts';
import { shownText } from '../../names.ts';

/** @throws KeyplaneError `keyUseType (X) is not valid! Valid values: …` */
export function oneOf<T extends string>(value: string, valid: readonly T[], what: string, member = what): T {
  const known = valid.find((name) => name === value);
  if (known !== undefined) return known;
  throw badRequest(`${what} (${shownText(value)}) is not valid! Valid values: ${valid.join(', ')}`, {
    reason: 'FIELD_NOT_VALID',
    member,
  });
}
