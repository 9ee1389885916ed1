// Members of a target or a credential: read by name, each fault named by its member.

import { badRequest, type KeyplaneError } from '../../errors.ts';
import { shownText } from '../../names.ts';
import type { OutletJson } from '../outlet-source.ts';

/** @throws KeyplaneError `bad_request` for a member that is none of `known` */
export function requireKnownMembers(given: OutletJson, known: readonly string[], at: string): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name) && given[name] != null);
  if (unknown === undefined) return;
  const member = `${at}.${shownText(unknown)}`;
  throw badRequest(`${member} is unknown! Known: ${known.join(', ')}`, { reason: 'FIELD_UNKNOWN', member });
}

/** @throws KeyplaneError `bad_request` */
export function requireText(given: OutletJson, name: string, at: string, longest = 2048): string {
  const text = optionalTextMember(given, name, at, longest);
  if (text !== undefined) return text;
  const member = `${at}.${name}`;
  throw badRequest(`${member} can not be empty!`, { reason: 'FIELD_REQUIRED', member });
}

export function optionalTextMember(
  given: OutletJson,
  name: string,
  at: string,
  longest = 2048,
): string | undefined {
  const value = given[name];
  if (value === undefined || value === null || value === '') return undefined;
  const member = `${at}.${name}`;
  if (typeof value !== 'string') throw memberNotValid(member, 'It takes text');
  if (value.length > longest) throw memberNotValid(member, `It has more than ${longest} characters`);
  return value;
}

export function requireOneOf<Value extends string>(
  given: OutletJson,
  name: string,
  at: string,
  values: readonly Value[],
): Value {
  const text = requireText(given, name, at);
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  const member = `${at}.${name}`;
  throw badRequest(`${member} (${shownText(text)}) is not valid! Valid values: ${values.join(', ')}`, {
    reason: 'FIELD_NOT_VALID',
    member,
  });
}

export function optionalObjectMember(given: OutletJson, name: string, at: string): OutletJson | undefined {
  const value = given[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object' && !Array.isArray(value)) return value as OutletJson;
  throw memberNotValid(`${at}.${name}`, 'It takes an object');
}

export function memberNotValid(member: string, why: string): KeyplaneError {
  return badRequest(`${member} is not valid! ${why}`, { reason: 'FIELD_NOT_VALID', member });
}
