import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import type { PrivateJwk } from '../../src/jose/jwk.ts';
import { thumbprint } from '../../src/jose/thumbprint.ts';
import { makeEc, makeOct, makeOkp, makeRsa, publicHalf, rfc7638Rsa, rfc8037Ed25519 } from './made-keys.ts';

const typed = (jwk: object) => jwk as unknown as PrivateJwk;

describe('thumbprint', () => {
  test('gives the values that RFC 7638 and RFC 8037 print', () => {
    expect(thumbprint(typed(rfc7638Rsa))).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
    expect(thumbprint(typed(rfc8037Ed25519))).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  test.each([
    makeRsa(),
    makeEc('P-521'),
    makeEc('secp256k1'),
    makeOkp('Ed448'),
    makeOkp('X25519'),
    makeOct(33),
  ])('agrees with another program for $kty $crv, and is the same for both halves', async (jwk) => {
    expect(thumbprint(typed(jwk))).toBe(await calculateJwkThumbprint(jwk as JWK));
    if (jwk.kty !== 'oct') expect(thumbprint(typed(publicHalf(jwk)))).toBe(thumbprint(typed(jwk)));
  });

  test('depends on the required members alone', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.dictionary(fc.constantFrom('kid', 'use', 'alg', 'x5t'), fc.string()),
        (octets, rest) => {
          const k = Buffer.from(octets).toString('base64url');
          const expected = createHash('sha256').update(`{"k":"${k}","kty":"oct"}`).digest('base64url');
          expect(thumbprint(typed({ ...rest, kty: 'oct', k }))).toBe(expected);
        },
      ),
    );
  });
});
