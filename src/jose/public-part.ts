// The public half of a JWK, by the members of its key type and of those that go with any key.
// All code that publishes a key uses publicJwk; a member that neither list has is never published.

import { badRequest } from '../errors.ts';
import type { JsonObject } from './json.ts';
import type { JwkMetadata, PrivateJwk, PublicJwk } from './jwk.ts';
import { isKeyType, keyTypeInfo } from './key-types.ts';
import { publicOperations } from './members/key-operations.ts';

const metadataMembers = [
  'kid',
  'use',
  'key_ops',
  'alg',
  'x5c',
  'x5t',
  'x5t#S256',
] as const satisfies readonly (keyof JwkMetadata)[];

/** Own members of `source` by these names; nothing else gets across. */
function pick(source: object, names: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of names) {
    const value: unknown = Object.hasOwn(source, name) ? Reflect.get(source, name) : undefined;
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

/**
 * The half that may be published; undefined for a secret key, which has none.
 * `key_ops` is turned to what the public half does: `sign` becomes `verify` (RFC 7517 §4.3).
 */
export function publicJwk(jwk: PrivateJwk): PublicJwk | undefined {
  const { isSymmetric, publicMembers } = keyTypeInfo(jwk.kty);
  if (isSymmetric) return undefined;
  const members = pick(jwk, ['kty', ...publicMembers, ...metadataMembers]);
  if (jwk.key_ops !== undefined) {
    const operations = publicOperations(jwk.key_ops);
    if (operations.length > 0) members.key_ops = operations;
    else delete members.key_ops;
  }
  return members as unknown as PublicJwk;
}

/** publicJwk for a key that has not been imported yet; members of an unknown key type are all left out. */
export function publicMembersOf(raw: JsonObject): JsonObject {
  const { kty } = raw;
  const names = isKeyType(kty) ? ['kty', ...keyTypeInfo(kty).publicMembers, ...metadataMembers] : ['kty'];
  return pick(raw, names) as JsonObject;
}

/** All members of a raw key that an import would look at, private ones too; none of an unknown key type. */
export function knownMembersOf(raw: JsonObject): JsonObject {
  const { kty } = raw;
  if (!isKeyType(kty)) return {};
  return pick(raw, ['kty', ...Object.keys(keyTypeInfo(kty).members), ...metadataMembers]) as JsonObject;
}

/** Parts a JWK for sealing: `privateMembers` is secret, `publicMembers` is not. */
export function splitJwk(jwk: PrivateJwk): {
  publicMembers: Record<string, unknown>;
  privateMembers: Record<string, unknown>;
} {
  const { publicMembers, privateMembers } = keyTypeInfo(jwk.kty);
  return {
    publicMembers: pick(jwk, ['kty', ...publicMembers, ...metadataMembers]),
    privateMembers: pick(jwk, privateMembers),
  };
}

/**
 * The reverse of splitJwk; the result holds secrets again.
 * @throws KeyplaneError bad_request when the members are not those of one JWK
 */
export function joinJwk(
  publicMembers: Readonly<Record<string, unknown>>,
  privateMembers: Readonly<Record<string, unknown>>,
): PrivateJwk {
  const { kty } = publicMembers;
  if (!isKeyType(kty)) throw badRequest('The members are not those of a JWK: kty is missing or unknown');
  const keyType = keyTypeInfo(kty);
  const joined = {
    ...pick(publicMembers, ['kty', ...keyType.publicMembers, ...metadataMembers]),
    ...pick(privateMembers, keyType.privateMembers),
  };
  for (const name of keyType.required) {
    if (typeof Reflect.get(joined, name) !== 'string') {
      throw badRequest(`The members are not those of one ${kty} JWK: ${name} is missing`);
    }
  }
  return joined as unknown as PrivateJwk;
}
