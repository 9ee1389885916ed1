// The one allow-list of JWK members for each key type: what is public, what is private, what goes with both.
// Whatever publishes a key goes through publicJwk; a member that is not listed here leaves with nothing.

import { badRequest } from '../errors.ts';
import type { JsonObject } from './json.ts';
import { isKeyType, type JwkMetadata, type KeyType, type PrivateJwk, type PublicJwk } from './jwk.ts';
import { publicOperations } from './members/key-operations.ts';

/** RFC 7518 §6.2, §6.3, §6.4 and RFC 8037 §2. */
export const keyMembers: Readonly<
  Record<KeyType, { public: readonly string[]; private: readonly string[] }>
> = Object.freeze({
  RSA: { public: ['n', 'e'], private: ['d', 'p', 'q', 'dp', 'dq', 'qi'] },
  EC: { public: ['crv', 'x', 'y'], private: ['d'] },
  OKP: { public: ['crv', 'x'], private: ['d'] },
  oct: { public: [], private: ['k'] },
});

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
 * The half that may be published; undefined for `oct`, which has none.
 * `key_ops` is turned to what the public half does: `sign` becomes `verify` (RFC 7517 §4.3).
 */
export function publicJwk(jwk: PrivateJwk): PublicJwk | undefined {
  if (jwk.kty === 'oct') return undefined;
  const members = pick(jwk, ['kty', ...keyMembers[jwk.kty].public, ...metadataMembers]);
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
  const names = isKeyType(kty) ? ['kty', ...keyMembers[kty].public, ...metadataMembers] : ['kty'];
  return pick(raw, names) as JsonObject;
}

/** All members of a raw key that an import would look at, private ones too; none of an unknown key type. */
export function knownMembersOf(raw: JsonObject): JsonObject {
  const { kty } = raw;
  if (!isKeyType(kty)) return {};
  const names = keyMembers[kty];
  return pick(raw, ['kty', ...names.public, ...names.private, ...metadataMembers]) as JsonObject;
}

/** Parts a JWK for sealing: `privateMembers` is secret, `publicMembers` is not. */
export function splitJwk(jwk: PrivateJwk): {
  publicMembers: Record<string, unknown>;
  privateMembers: Record<string, unknown>;
} {
  const names = keyMembers[jwk.kty];
  return {
    publicMembers: pick(jwk, ['kty', ...names.public, ...metadataMembers]),
    privateMembers: pick(jwk, names.private),
  };
}

/**
 * The reverse of splitJwk; the answer holds secrets again.
 * @throws KeyplaneError bad_request when the members are not those of one JWK
 */
export function joinJwk(
  publicMembers: Readonly<Record<string, unknown>>,
  privateMembers: Readonly<Record<string, unknown>>,
): PrivateJwk {
  const { kty } = publicMembers;
  if (!isKeyType(kty)) throw badRequest('The members are not those of a JWK: kty is missing or unknown');
  const names = keyMembers[kty];
  const joined = {
    ...pick(publicMembers, ['kty', ...names.public, ...metadataMembers]),
    ...pick(privateMembers, names.private),
  };
  const required = kty === 'oct' ? names.private : names.public;
  for (const name of required) {
    if (typeof Reflect.get(joined, name) !== 'string') {
      throw badRequest(`The members are not those of one ${kty} JWK: ${name} is missing`);
    }
  }
  return joined as unknown as PrivateJwk;
}
