// Picks the one key that was asked for out of a JWK or a JWK Set (RFC 7517 §5).
// Keys of unknown type and broken siblings are passed over; a kid that names two different keys is refused,
// because which of them verifies would then depend on the reader.

import { badRequest } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { isKeyType, shown, typeName } from './jwk.ts';
import { keyMembers } from './public-part.ts';

/**
 * @param kid required with several keys; a single key without a kid of its own takes it
 * @returns the members as they were written, with the kid that was taken; not checked in any other way
 * @throws KeyplaneError bad_request
 */
export function selectKey(document: JsonValue, kid: string | undefined): JsonObject {
  const keys = keysOf(document);
  const [only] = keys;
  if (keys.length === 1) return single(only, kid);
  if (kid === undefined) {
    throw badRequest(`kid is required because the JWK Set holds ${keys.length} keys!${availableKids(keys)}`);
  }
  const named = keys.filter((key): key is JsonObject => isJsonObject(key) && key.kid === kid);
  // RFC 7517 §5: ignore what is not understood, unless it is all there is; then its own fault is the answer.
  const usable = named.filter(looksUsable);
  const candidates = usable.length > 0 ? usable : named;
  const [first] = candidates;
  if (first === undefined) throw notFound(kid);
  const wanted = canonicalText(first);
  if (candidates.some((other) => canonicalText(other) !== wanted)) {
    throw badRequest(`kid (${shown(kid)}) names different keys in the JWK Set; a kid must name one key`);
  }
  return first;
}

/**
 * Every entry of the document, in its order and unchecked.
 * @throws KeyplaneError bad_request for what is neither a JWK nor a JWK Set
 */
export function keysOf(document: JsonValue): readonly JsonValue[] {
  if (Array.isArray(document)) {
    throw badRequest(
      'A JSON array is not a JWK Set! The keys belong into an object: {"keys": [...]} (RFC 7517 §5)',
    );
  }
  if (!isJsonObject(document)) {
    throw badRequest(`A JWK or a JWK Set is a JSON object (RFC 7517), not ${typeName(document)}`);
  }
  if (!Object.hasOwn(document, 'keys')) {
    if (Object.hasOwn(document, 'kty')) return [document];
    throw badRequest(
      'No key found! The JSON object is neither a JWK (it has no kty) nor a JWK Set (it has no keys)',
    );
  }
  if (!Array.isArray(document.keys)) throw badRequest('keys of a JWK Set must be an array (RFC 7517 §5.1)');
  if (document.keys.length === 0) throw badRequest('No key found! The JWK Set is empty');
  return document.keys;
}

function single(key: JsonValue | undefined, kid: string | undefined): JsonObject {
  if (!isJsonObject(key))
    throw badRequest('The only entry of the JWK Set is not a JWK: it must be a JSON object');
  if (kid === undefined) return key;
  if (!Object.hasOwn(key, 'kid')) return Object.assign(Object.create(null), key, { kid });
  if (typeof key.kid === 'string' && key.kid !== kid) throw notFound(kid);
  return key;
}

/** The `detail` of that refusal, for those who must tell it from others. */
export const kidNotFound = 'kid not found';

function notFound(kid: string): Error {
  return badRequest(`kid (${shown(kid)}) is not found in the JWK Set!`, { detail: kidNotFound });
}

function availableKids(keys: readonly JsonValue[]): string {
  const kids = new Set<string>();
  for (const key of keys) if (isJsonObject(key) && typeof key.kid === 'string') kids.add(shown(key.kid));
  if (kids.size === 0) return ' None of them has a kid';
  const listed = [...kids].slice(0, 20);
  return ` Available values: ${listed.join(', ')}${kids.size > listed.length ? ', …' : ''}`;
}

function looksUsable(key: JsonObject): boolean {
  if (!isKeyType(key.kty)) return false;
  const names = keyMembers[key.kty];
  return (key.kty === 'oct' ? names.private : names.public).every((name) => typeof key[name] === 'string');
}

/** One text for one value, whatever the order of its members. */
function canonicalText(value: JsonValue): string {
  return JSON.stringify(value, (_name, member: JsonValue) =>
    isJsonObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
