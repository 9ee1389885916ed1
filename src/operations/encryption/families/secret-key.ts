import { Buffer } from 'node:buffer';
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { PrivateJwk } from '../../../jose/jwk.ts';

/** @param jwk of key type oct, as the table of algorithms requires */
export function secretOctets(jwk: PrivateJwk): Buffer {
  if (jwk.kty !== 'oct') throw new TypeError('not a secret key');
  return Buffer.from(jwk.k, 'base64url');
}

export function secretKey(jwk: PrivateJwk): KeyObject {
  return createSecretKey(secretOctets(jwk));
}
