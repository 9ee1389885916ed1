// RFC 7638: SHA-256 over the required members in lexical order, as JSON without white space.
// Written by hand: names of curves and base64url need no escaping, so the text is a plain join.

import { hash } from 'node:crypto';
import type { PrivateJwk, PublicJwk } from './jwk.ts';
import { keyTypeInfo } from './key-types.ts';

/** For a secret key this text holds the secret itself. */
function secretHashInput(jwk: PrivateJwk | PublicJwk): string {
  const members = keyTypeInfo(jwk.kty).thumbprint.map((name) => `"${name}":"${Reflect.get(jwk, name)}"`);
  return `{${members.join(',')}}`;
}

/** base64url of 32 octets; the same for both halves of a key. */
export function thumbprint(jwk: PrivateJwk | PublicJwk): string {
  return hash('sha256', secretHashInput(jwk), 'base64url');
}

/** The same with SHA-1, for systems that name their keys so; base64url of 20 octets. */
export function sha1Thumbprint(jwk: PrivateJwk | PublicJwk): string {
  return hash('sha1', secretHashInput(jwk), 'base64url');
}
