// What each signature algorithm of `jose/algorithms.ts` computes. One row an algorithm; a test compares the two tables.

import { ecdsa } from './families/ecdsa.ts';
import { eddsa } from './families/eddsa.ts';
import { hmac } from './families/hmac.ts';
import { mlDsa } from './families/ml-dsa.ts';
import { rsassaPkcs1, rsassaPss } from './families/rsa.ts';
import type { SignatureAlgorithm } from './signature-algorithm.ts';

const rows: Readonly<Record<string, SignatureAlgorithm>> = {
  RS256: rsassaPkcs1('sha256'),
  RS384: rsassaPkcs1('sha384'),
  RS512: rsassaPkcs1('sha512'),
  PS256: rsassaPss('sha256'),
  PS384: rsassaPss('sha384'),
  PS512: rsassaPss('sha512'),
  ES256: ecdsa('sha256', 64),
  ES384: ecdsa('sha384', 96),
  ES512: ecdsa('sha512', 132),
  ES256K: ecdsa('sha256', 64),
  EdDSA: eddsa,
  Ed25519: eddsa,
  Ed448: eddsa,
  'ML-DSA-44': mlDsa(2420),
  'ML-DSA-65': mlDsa(3309),
  'ML-DSA-87': mlDsa(4627),
  HS256: hmac('sha256'),
  HS384: hmac('sha384'),
  HS512: hmac('sha512'),
};

// Without a prototype: an alg of "constructor" finds nothing.
const table: typeof rows = Object.freeze(Object.assign(Object.create(null), rows));

export const signatureAlgorithmNames: readonly string[] = Object.freeze(Object.keys(table));

/** Undefined for `none` and for everything else that is no signature algorithm. */
export function signatureAlgorithm(name: string): SignatureAlgorithm | undefined {
  return table[name];
}
