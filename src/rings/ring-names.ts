import { badRequest, type KeyplaneError } from '../errors.ts';
import { checkName, shownText } from '../names.ts';

/** `{ringName}.{version}` has to be a name of a JWK, too. */
const longestName = 120;

/** @throws KeyplaneError `bad_request` */
export function checkRingName(value: string | undefined, member = 'name'): string {
  return checkName(value, 'Key ring name', member, longestName);
}

export function memberName(ringName: string, version: number): string {
  return `${ringName}.${version}`;
}

/** @param given as the request names it */
export function ringNotFound(given: string): KeyplaneError {
  return badRequest(`Key ring (name: ${shownText(given)}) is not found!`, { reason: 'NOT_FOUND' });
}

export function ringNameTaken(name: string, member = 'name'): KeyplaneError {
  return badRequest(
    `Key ring (name: ${name}) is already exist! Try update operation if want to change its value.`,
    { reason: 'NAME_TAKEN', member },
  );
}

/** Whether members of this ring may have the name. */
export function isNameOfMember(name: string, ringName: string): boolean {
  return name.startsWith(`${ringName}.`) && /^\d+$/.test(name.slice(ringName.length + 1));
}
