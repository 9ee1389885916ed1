// Selects one key out of a JWK or a JWK Set (RFC 7517 §5).
// Entries of unknown type and malformed entries are no candidates. A kid that names two different keys is rejected,
// because which of them verifies would then depend on the reader.

import { badRequest, type KeyplaneError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { isKeyType, keyTypeInfo, keyTypes } from './key-types.ts';
import { normaliseMembers } from './members/normalise.ts';
import { readShape } from './members/shape.ts';
import { nonJsonText } from './non-json-text.ts';
import { knownMembersOf } from './public-part.ts';
import { shown, typeName } from './shown.ts';
import { thumbprint } from './thumbprint.ts';
import { unsupportedObjectText } from './unsupported-object.ts';

/** What is known of a key that was selected before and is looked for again. */
export interface FollowedKey {
  /** What the request asked for; undefined where it asked for none. */
  readonly requestedKid: string | undefined;
  /** The kid that the JWK has now. */
  readonly kid: string;
  /** RFC 7638, SHA-256, of the key as it is now. */
  readonly thumbprint: string;
}

/** One entry of a document. */
interface Entry {
  /** As it was written. */
  readonly raw: JsonObject;
  readonly kid: JsonValue | undefined;
  /** Undefined for an entry that cannot be used: of unknown type, curve or parameter set, malformed, or too short. */
  readonly thumbprint: string | undefined;
  /** One text for one key, independent of the order of its members and of unknown members. */
  readonly identity: string;
}

/**
 * @param kid a kid of the document, or the RFC 7638 thumbprint of a key that has none. It is required where several
 *   keys are usable; the only usable key takes it if it has no kid.
 * @returns the members as they were written, not checked in any other way; a key without a kid is to get the given one
 * @throws KeyplaneError bad_request
 */
export function selectKey(document: JsonValue, kid: string | undefined): JsonObject {
  const entries = entriesOf(document);
  const usable = distinct(entries.filter((entry) => entry.thumbprint !== undefined));
  if (kid === undefined) {
    const [only, another] = usable;
    if (another !== undefined) throw kidRequired(usable);
    return (only ?? faultyEntry(entries)).raw;
  }
  const named = entryOfKid(entries, kid) ?? entryOfThumbprint(usable, kid);
  if (named !== undefined) return named.raw;
  const [only, another] = usable.length > 0 ? usable : distinct(entries);
  if (only === undefined || another !== undefined || hasKid(only)) throw notFound(entries, kid);
  return only.raw;
}

/**
 * Selects the same key again, or the one that replaced it. A key that was selected by its thumbprint, or that is
 * named by it, is never replaced by another key of that kid.
 * @throws KeyplaneError bad_request; with reason KEY_NOT_FOUND where the document no longer holds the key
 */
export function selectAgain(document: JsonValue, followed: FollowedKey): JsonObject {
  const { requestedKid, kid } = followed;
  const entries = entriesOf(document);
  const usable = distinct(entries.filter((entry) => entry.thumbprint !== undefined));
  const same = usable.filter((entry) => entry.thumbprint === followed.thumbprint);
  if (requestedKid === followed.thumbprint) return theOne(same, entries, requestedKid).raw;
  if (requestedKid !== undefined) {
    const [nameless] = same.filter((entry) => !hasKid(entry));
    if (entryOfKid(entries, requestedKid) === undefined && nameless !== undefined)
      return withKid(nameless.raw, requestedKid);
    return withKid(selectKey(document, requestedKid), requestedKid);
  }
  const [only, another] = usable;
  if (another === undefined) return otherThan(followed, (only ?? faultyEntry(entries)).raw, entries);
  const named = kid === followed.thumbprint ? undefined : entryOfKid(entries, kid);
  return (named ?? theOne(same, entries, kid)).raw;
}

/**
 * Every entry of the document, in its order and unchecked.
 * @throws KeyplaneError bad_request for what is neither a JWK nor a JWK Set
 */
export function keysOf(document: JsonValue): readonly JsonValue[] {
  const invalid = (text: string) => badRequest(text, { reason: 'DOCUMENT_NOT_VALID' });
  if (Array.isArray(document)) {
    throw invalid(
      'A JSON array is not a JWK Set! The keys belong into an object: {"keys": [...]} (RFC 7517 §5)',
    );
  }
  if (!isJsonObject(document)) {
    const foreign = typeof document === 'string' ? foreignText(document) : undefined;
    const pointer = foreign === undefined ? '' : `: ${foreign}`;
    throw invalid(`A JWK or a JWK Set is a JSON object (RFC 7517), not ${typeName(document)}${pointer}`);
  }
  if (!Object.hasOwn(document, 'keys')) {
    if (Object.hasOwn(document, 'kty')) return [document];
    throw invalid(`No key found! ${unsupportedObjectText(document)}`);
  }
  if (!Array.isArray(document.keys)) throw invalid(noArrayText(document.keys ?? null));
  if (document.keys.length === 0) throw invalid('No key found! The JWK Set is empty');
  return document.keys;
}

function noArrayText(keys: JsonValue): string {
  const rule = 'keys of a JWK Set must be an array (RFC 7517 §5.1)';
  const foreign = typeof keys === 'string' ? quotedKeysText(keys) : undefined;
  return foreign === undefined ? rule : `${rule}, not string: ${foreign}`;
}

function quotedKeysText(text: string): string | undefined {
  // With its member `keys` around it, it would be no JWK Set either.
  if (/^\s*\{/.test(text)) {
    return 'it looks like a JSON object! Give that text alone, without the quotes around it';
  }
  if (/^\s*\[/.test(text)) return 'it looks like a JSON array! Give it without the quotes around it';
  return nonJsonText(text);
}

/** What stands where a JSON object is expected. */
function foreignText(text: string): string | undefined {
  if (/^\s*\{/.test(text)) return 'it looks like a JSON object! Give it without the quotes around it';
  return nonJsonText(text);
}

/** No published set comes near it; each entry costs up to 50 µs. */
const mostEntries = 10_000;

function entriesOf(document: JsonValue): readonly Entry[] {
  const keys = keysOf(document);
  if (keys.length > mostEntries) {
    const text = `The JWK Set holds ${keys.length} keys; at most ${mostEntries} are accepted`;
    throw badRequest(text, { reason: 'DOCUMENT_NOT_VALID' });
  }
  const entries = keys.filter(isJsonObject).map(entryOf);
  if (entries.length > 0) return entries;
  const which = keys.length === 1 ? 'The only entry of the JWK Set is' : 'The entries of the JWK Set are';
  const what =
    keys.length === 1 ? 'not a JWK: it must be a JSON object' : 'no JWKs: each must be a JSON object';
  throw badRequest(`${which} ${what}`, { reason: 'KEY_NOT_FOUND' });
}

function entryOf(raw: JsonObject): Entry {
  const { members } = normaliseMembers(raw);
  return {
    raw,
    kid: members.kid,
    thumbprint: thumbprintOf(members),
    identity: canonicalText(knownMembersOf(members)),
  };
}

/** Undefined for a key that no import would take. Its soundness is left open: to check it is expensive. */
function thumbprintOf(members: JsonObject): string | undefined {
  if (!isKeyType(members.kty)) return undefined;
  try {
    const shaped = readShape(Object.assign(Object.create(null), members, { kid: undefined }));
    const { checkSizes, isSelectable } = keyTypeInfo(shaped.kty);
    checkSizes?.(shaped);
    return isSelectable?.(shaped) === false ? undefined : thumbprint(shaped);
  } catch {
    return undefined;
  }
}

function hasKid({ kid }: Entry): boolean {
  return kid !== undefined;
}

function withKid(raw: JsonObject, kid: string): JsonObject {
  return Object.assign(Object.create(null), raw, { kid });
}

/** Each key once, in the order of the document. */
function distinct(entries: readonly Entry[]): readonly Entry[] {
  return [...new Map(entries.map((entry) => [entry.identity, entry])).values()];
}

/**
 * RFC 7517 §5: what is not understood is passed over, unless it is all there is; then its own fault is the result.
 * @throws KeyplaneError bad_request when it names several keys
 */
function entryOfKid(entries: readonly Entry[], kid: string): Entry | undefined {
  const named = entries.filter((entry) => entry.kid === kid);
  const usable = named.filter((entry) => entry.thumbprint !== undefined);
  return onlyOne(distinct(usable.length > 0 ? usable : named), kid);
}

function entryOfThumbprint(usable: readonly Entry[], kid: string): Entry | undefined {
  return onlyOne(
    usable.filter((entry) => !hasKid(entry) && entry.thumbprint === kid),
    kid,
  );
}

function onlyOne([first, another]: readonly Entry[], kid: string): Entry | undefined {
  if (another === undefined) return first;
  throw badRequest(`kid (${shown(kid)}) names different keys in the JWK Set; a kid must name one key`, {
    reason: 'DOCUMENT_NOT_VALID',
  });
}

/** The selected key, preferably as it was: without a kid, or with the kid that it had. */
function theOne(same: readonly Entry[], entries: readonly Entry[], kid: string): Entry {
  const unchanged = same.filter((entry) => !hasKid(entry) || entry.kid === kid);
  const found = onlyOne(unchanged.length > 0 ? unchanged : same, kid);
  if (found === undefined) throw notFound(entries, kid);
  return found;
}

/** A key that replaces the followed one must not have the followed one's thumbprint as its kid. */
function otherThan(followed: FollowedKey, raw: JsonObject, entries: readonly Entry[]): JsonObject {
  const isSame = entryOf(raw).thumbprint === followed.thumbprint;
  if (raw.kid === followed.thumbprint && !isSame) throw notFound(entries, followed.thumbprint);
  return raw;
}

/** The entry whose fault is the result where none is usable. */
function faultyEntry(entries: readonly Entry[]): Entry {
  const [only, ...others] = entries;
  if (only !== undefined && others.length === 0) return only;
  const known = distinct(entries.filter(({ identity }) => identity !== unknownIdentity));
  const [first, another] = known;
  if (first !== undefined && another === undefined) return first;
  throw badRequest(
    `No usable key found! None of the ${entries.length} keys of the JWK Set is a complete key of a supported type (${keyTypes.join(', ')})`,
    { reason: 'KEY_NOT_FOUND' },
  );
}

function notFound(entries: readonly Entry[], kid: string): KeyplaneError {
  const number = entries.some((entry) => typeof entry.kid === 'number' && String(entry.kid) === kid)
    ? ` A key has the number ${shown(kid)} as its kid; a kid is a string (RFC 7517 §4.5)`
    : '';
  return badRequest(`kid (${shown(kid)}) is not found in the JWK Set!${number}`, {
    reason: 'KEY_NOT_FOUND',
    member: 'kid',
  });
}

function kidRequired(usable: readonly Entry[]): KeyplaneError {
  const kids = usable.flatMap(({ kid }) => (typeof kid === 'string' ? [kid] : []));
  const numbers = usable.flatMap(({ kid }) => (typeof kid === 'number' ? [String(kid)] : []));
  const nameless = usable.flatMap((entry) => (hasKid(entry) ? [] : [entry.thumbprint ?? '']));
  const sentences = [`kid is required because the JWK Set holds ${usable.length} keys!`];
  if (kids.length > 0) sentences.push(`Available values: ${listed(kids)}`);
  else if (numbers.length === 0) sentences.push('None of them has a kid');
  if (nameless.length > 0) {
    const which = kids.length > 0 ? 'A key without a kid' : 'Each';
    sentences.push(`${which} is selected by its RFC 7638 thumbprint: ${listed(nameless)}`);
  }
  if (numbers.length > 0) {
    const verb = numbers.length === 1 ? 'is a number' : 'are numbers';
    sentences.push(`${listed(numbers)} ${verb}, but a kid is a string (RFC 7517 §4.5)`);
  }
  const [head = '', ...rest] = sentences;
  return badRequest(`${head} ${rest.join('. ')}`, { reason: 'FIELD_REQUIRED', member: 'kid' });
}

function listed(values: readonly string[]): string {
  const different = [...new Set(values.map(shown))];
  const first = different.slice(0, 20);
  return `${first.join(', ')}${different.length > first.length ? ', …' : ''}`;
}

const unknownIdentity = canonicalText({});

function canonicalText(members: JsonObject): string {
  return JSON.stringify(members, (_name, member: JsonValue) =>
    isJsonObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
