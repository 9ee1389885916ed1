import { badRequest, KeyplaneError } from './errors.ts';

const codePointsLimit = 128;
/** Combining marks (\p{M}) are part of the letters of many scripts, but a name does not start with one. */
const namePattern = /^[\p{L}\p{N}._-][\p{L}\p{M}\p{N}._-]*$/u;

/** @param longest in code points */
function acceptedText(longest: number): string {
  return `A name has 1 to ${longest} characters: letters and digits of any script, ".", "_" and "-", and is not "." or "..".`;
}

/**
 * The one rule for every name: project, environment, certificate, key, keystore, JWK, user, token, node.
 * @param what starts the error text, such as `Project name`
 * @param member of the request that holds the name
 * @param longest in code points; at most 128
 * @returns the name in Unicode normal form C, so that two spellings of one text are one name
 * @throws KeyplaneError `bad_request`
 */
export function checkName(
  value: string | undefined,
  what: string,
  member = 'name',
  longest = codePointsLimit,
): string {
  if (value === undefined || value.trim() === '') {
    throw badRequest(`${what} can not be empty!`, { reason: 'FIELD_REQUIRED', member });
  }
  const name = value.normalize('NFC');
  if (!isName(name) || [...name].length > longest) {
    throw badRequest(`${what} (${shownText(value)}) is not valid! ${acceptedText(longest)}`, {
      reason: 'FIELD_NOT_VALID',
      member,
    });
  }
  return name;
}

/** The stored spelling of a requested name. An impossible name yields empty text, which no name equals. */
export function lookupName(value: string): string {
  const name = value.normalize('NFC');
  return isName(name) ? name : '';
}

/** Text of a client, short and without control characters, so that a response can repeat it. */
export function shownText(value: string): string {
  const printable = value.slice(0, 4 * codePointsLimit).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
  const codePoints = [...printable];
  return codePoints.length <= codePointsLimit
    ? printable
    : `${codePoints.slice(0, codePointsLimit).join('')}…`;
}

function isName(value: string): boolean {
  if (value === '.' || value === '..' || value.length > 2 * codePointsLimit) return false;
  return namePattern.test(value) && [...value].length <= codePointsLimit;
}

/** The same words whether the project is not there or the caller may not know of it. @param name as it was asked for */
export function projectNotFound(name: string): KeyplaneError {
  const text = `Project(${shownText(name)}) was not found or user does not have privilege to access it!`;
  return new KeyplaneError('not_found', text);
}

/** What the check of a JWK reads of its ring. */
interface RingNames {
  readonly rings: { getMany(ids: readonly string[]): Promise<readonly { readonly name: string }[]> };
}

/**
 * The ring alone changes its members, and their states are its own.
 * @param member of the request, where one names the JWK
 * @throws KeyplaneError `bad_request` for a JWK of a ring
 */
export async function requireNoMember(
  { rings }: RingNames,
  jwk: { readonly name: string; readonly member?: { readonly ringId: string } | undefined },
  member?: string,
): Promise<void> {
  if (jwk.member === undefined) return;
  const [ring] = await rings.getMany([jwk.member.ringId]);
  throw badRequest(`JWK (name: ${jwk.name}) belongs to key ring (name: ${ring?.name ?? ''})!`, {
    reason: 'KEY_RING_MEMBER',
    member,
  });
}
