// ML-DSA keys as JWKs: the examples of RFC 9964, and what is no such key.

import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { importJwk, importJwkWithWarnings } from '../../src/jose/import-jwk.ts';
import type { JsonObject } from '../../src/jose/json.ts';
import { keyFacts } from '../../src/jose/key-facts.ts';
import { publicJwk, splitJwk } from '../../src/jose/public-part.ts';
import { akpPublicText } from '../../src/jose/soundness/soundness-akp.ts';
import { thumbprint } from '../../src/jose/thumbprint.ts';
import { makeAkp, publicHalf, type RawJwk, refusalOf, without } from './made-keys.ts';

const text = (octets: Buffer) => octets.toString('base64url');
const zeroSeed = Buffer.alloc(32);

/** RFC 9964 appendix A.1: the key of the seed of 32 zero octets, whose kid is its thumbprint. */
const examples = [
  { alg: 'ML-DSA-44', expanded: 2560, kid: 'T4xl70S7MT6Zeq6r9V9fPJGVn76wfnXJ21-gyo0Gu6o' },
  { alg: 'ML-DSA-65', expanded: 4032, kid: 'Suiu29qbfuaBaR4Ats-c6XQBePB_OpAxAwcTR_0KXVM' },
  { alg: 'ML-DSA-87', expanded: 4896, kid: 'tRn1JNIkgMsABVQBlXeDHxAIcclh-2IX0UdDEzPt5XU' },
];

function zeroKey(alg: string): RawJwk {
  return { kty: 'AKP', alg, pub: akpPublicText(alg, zeroSeed), priv: text(zeroSeed) };
}

describe('an ML-DSA key', () => {
  test.for(examples)('of $alg has the thumbprint of RFC 9964, with and without its seed', async (example) => {
    const { alg, kid } = example;
    const jwk = await importJwk({ ...zeroKey(alg), kid, use: 'sig', key_ops: ['sign'] } as JsonObject);
    expect(thumbprint(jwk)).toBe(kid);
    const published = publicJwk(jwk);
    expect(published).toEqual({
      kty: 'AKP',
      alg,
      kid,
      use: 'sig',
      key_ops: ['verify'],
      pub: zeroKey(alg).pub,
    });
    expect(thumbprint(await importJwk(published as unknown as JsonObject))).toBe(kid);
    expect(splitJwk(jwk).privateMembers).toEqual({ priv: text(zeroSeed) });
    expect(keyFacts(jwk)).toEqual({
      type: 'AKP',
      curve: null,
      size: null,
      private: true,
      algorithms: { SIGNATURE: [alg], ENCRYPTION: [] },
    });
  });

  test.for(examples)('of $alg is read as node:crypto writes it', async ({ alg }) => {
    const made = makeAkp(alg);
    expect(await importJwk(made as JsonObject)).toEqual(made);
    const key = createPrivateKey({ key: made as JsonWebKey, format: 'jwk' });
    expect(await importJwk(createPublicKey(key).export({ format: 'jwk' }) as JsonObject)).toEqual(
      publicHalf(made),
    );
  });

  test.for(examples)('of $alg whose pub is not what its seed gives is rejected', async ({ alg }) => {
    const [one, other] = [makeAkp(alg), zeroKey(alg)];
    const mixed = { ...one, pub: other.pub } as JsonObject;
    // What is rejected here is accepted by node:crypto.
    expect(() => createPrivateKey({ key: mixed as JsonWebKey, format: 'jwk' })).not.toThrow();
    expect(await refusalOf(() => importJwk(mixed))).toBe(
      'AKP key is not sound: the halves do not agree: priv is not the seed of pub (RFC 9964 §7.4)',
    );
  });

  test.for(examples)('of $alg in its expanded form is rejected for what it is', async (example) => {
    const { alg, expanded } = example;
    const jwk = { ...zeroKey(alg), priv: text(Buffer.alloc(expanded, 1)) };
    expect(await refusalOf(() => importJwk(jwk as JsonObject))).toBe(
      `AKP key is not sound: priv has ${expanded} bytes, which is the expanded private key, ${alg} needs the seed of exactly 32 (RFC 9964 §4)`,
    );
  });

  const key = zeroKey('ML-DSA-65');
  const larger = text(Buffer.alloc(4897, 1));
  test.each<[string, Record<string, unknown>, string]>([
    ['without alg', without(key, 'alg'), 'alg is required in an AKP JWK!'],
    ['whose alg is empty', { ...key, alg: '' }, 'alg is required in an AKP JWK!'],
    ['whose alg is null', { ...key, alg: null }, 'alg is required in an AKP JWK!'],
    ['without pub', without(key, 'pub'), 'pub is required in an AKP JWK!'],
    [
      'of another parameter set than its alg',
      { ...key, alg: 'ML-DSA-44' },
      'pub has 1952 bytes, ML-DSA-44 needs exactly 1312 (RFC 9964 §5)',
    ],
    [
      'whose pub lacks an octet',
      { ...key, pub: text(Buffer.alloc(1951)) },
      'pub has 1951 bytes, ML-DSA-65 needs exactly 1952',
    ],
    [
      'whose seed lacks an octet',
      { ...key, priv: text(Buffer.alloc(31)) },
      'priv has 31 bytes, ML-DSA-65 needs the seed of exactly 32 (RFC 9964 §4)',
    ],
    ['longer than any', { ...key, priv: larger }, 'priv has 6530 characters; no key that is accepted needs'],
    ['with padding', { ...key, pub: `${key.pub}=` }, 'pub is not base64url: it carries padding'],
    [
      'with an algorithm of another key type',
      { ...key, alg: 'RS256' },
      'alg (RS256) contradicts the key: it is for RSA keys! Valid values for AKP keys: ML-DSA-44, ML-DSA-65, ML-DSA-87',
    ],
    [
      'of the pre-hash variant',
      { ...key, alg: 'HashML-DSA-65' },
      'alg (HashML-DSA-65) is not known! The pre-hash variants (HashML-DSA) are no algorithms of JOSE (RFC 9964 §7.2). Valid values for AKP keys: ML-DSA-44, ML-DSA-65, ML-DSA-87',
    ],
    [
      'of a draft',
      { ...key, alg: 'ML-KEM-768' },
      'ML-KEM for JOSE is a draft, which is not supported. Valid values for AKP keys',
    ],
    ['for encryption', { ...key, use: 'enc' }, 'use (enc) contradicts alg (ML-DSA-65), which is for use sig'],
    [
      'that derives keys',
      { ...key, key_ops: ['deriveKey'] },
      'key_ops contradicts the key: AKP keys can not deriveKey',
    ],
    [
      'that is public and signs',
      { ...publicHalf(key), key_ops: ['sign'] },
      'sign needs the private key, and this one is public',
    ],
  ])('%s is rejected', async (_what, jwk, reason) => {
    expect(await refusalOf(() => importJwk(jwk as JsonObject))).toContain(reason);
  });

  test('keeps no member that is not its own', async () => {
    const { jwk, warnings } = await importJwkWithWarnings({ ...key, crv: 'P-256', d: 'AQ', x: 'AQ' });
    expect(jwk).toEqual(key);
    expect(warnings).toEqual([]);
  });
});
