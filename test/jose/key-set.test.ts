import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/jose/json.ts';
import type { PublicJwk } from '../../src/jose/jwk.ts';
import { type FollowedKey, selectAgain, selectKey } from '../../src/jose/key-set.ts';
import { thumbprint } from '../../src/jose/thumbprint.ts';
import { makeEc, makeOkp, makeRsa, publicHalf, refusalOf } from './made-keys.ts';

const a = { kty: 'oct', k: 'AAAA', kid: 'a' };
const b = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'b' };
const namelessEc = publicHalf(makeEc('P-256'));
const namelessEd = publicHalf(makeOkp('Ed25519'));
const namelessRsa = publicHalf(makeRsa());
const printOf = (jwk: object) => thumbprint(jwk as PublicJwk);
const set = (...keys: JsonValue[]): JsonValue => ({ keys });

describe('selectKey', () => {
  test('takes a bare JWK, and the only key of a set, without a kid', () => {
    expect(selectKey(a, undefined)).toEqual(a);
    expect(selectKey(set(a), undefined)).toEqual(a);
  });

  test('selects a single key without a kid under any kid', () => {
    const { kid: _kid, ...bare } = a;
    expect(selectKey(bare, 'mine')).toEqual(bare);
    expect(selectKey(set(bare), 'mine')).toEqual(bare);
  });

  test('selects by kid among several', () => {
    expect(selectKey(set(a, b), 'b')).toEqual(b);
  });

  test('passes over unknown key types and broken siblings, also under the same kid', () => {
    const broken: JsonValue[] = [
      null,
      7,
      'text',
      [],
      {},
      { kty: 'XYZ', kid: 'a' },
      { kty: 'RSA', kid: 'a', n: 5 },
      { kid: 'a' },
    ];
    expect(selectKey(set(...broken, a), 'a')).toEqual(a);
  });

  test('passes over AKP keys of unknown parameter sets and wrong lengths where no kid is asked for', () => {
    const akp = (alg: string, octets: number) => ({
      kty: 'AKP',
      kid: 'later',
      alg,
      pub: Buffer.alloc(octets, 1).toString('base64url'),
    });
    const foreign = [
      akp('SLH-DSA-SHA2-128s', 32),
      akp('ML-DSA-99', 1952),
      akp('ml-dsa-65', 1952),
      akp('ML-DSA-65', 1951),
    ];
    expect(selectKey(set(...foreign, namelessEc), undefined)).toEqual(namelessEc);
    const known = akp('ML-DSA-65', 1952);
    expect(() => selectKey(set(known, namelessEc), undefined)).toThrow('Available values: later');
  });

  test('hands out a broken key when it is the only one of its kid, so that its own fault is named', () => {
    expect(selectKey(set(a, { kty: 'XYZ', kid: 'z' }), 'z')).toEqual({ kty: 'XYZ', kid: 'z' });
  });

  test('takes a key that stands twice in the same words, whatever the order of its members', () => {
    const again = { kid: 'a', k: 'AAAA', kty: 'oct' };
    expect(selectKey(set(a, b, again), 'a')).toEqual(a);
  });

  test('selects a key without a kid by its thumbprint', () => {
    expect(selectKey(set(namelessEc, namelessRsa, a), printOf(namelessRsa))).toEqual(namelessRsa);
    const withNull = { ...namelessEd, kid: null };
    expect(selectKey(set(namelessEc, withNull), printOf(namelessEd))).toEqual(withNull);
  });

  test('selects an RSA key with a zero octet in front of n by the thumbprint of its shortest form', () => {
    const n = Buffer.concat([Buffer.alloc(1), Buffer.from(namelessRsa.n ?? '', 'base64url')]).toString(
      'base64url',
    );
    const padded = { ...namelessRsa, n };
    expect(selectKey(set(namelessEc, padded), printOf(namelessRsa))).toEqual(padded);
  });

  test('takes the only usable key without a kid, whatever stands beside it', () => {
    const beside: JsonValue[] = [
      { kty: 'XYZ', kid: 'later' },
      { kty: 'EC', crv: 'P-192', x: 'AA', y: 'AA', kid: 'curve' },
      { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'short' },
      7,
    ];
    const named = { ...namelessEc, kid: 'now' };
    expect(selectKey(set(...beside, named), undefined)).toEqual(named);
    expect(selectKey(set(...beside, namelessEc), 'mine')).toEqual(namelessEc);
  });

  test('hands out the only broken key of known type, so that its own fault is named', () => {
    const broken = { kty: 'RSA', n: 'AQAB', e: 'AQAB' };
    expect(selectKey(set({ kty: 'XYZ' }, broken), undefined)).toEqual(broken);
  });

  test('takes two entries that differ only in unknown members for one key', () => {
    const once = { ...a, issued: 1 };
    expect(selectKey(set(b, a, once), 'a')).toMatchObject(a);
    expect(selectKey(set(namelessEc, { ...namelessEc, issued: 1, use: null }), undefined)).toMatchObject(
      namelessEc,
    );
  });

  test.each<[string, JsonValue, string | undefined, string]>([
    [
      'several keys without a kid',
      set(a, b),
      undefined,
      'kid is required because the JWK Set holds 2 keys! Available values: a, b',
    ],
    [
      'several keys without any kid',
      set(namelessEc, namelessEd),
      undefined,
      `kid is required because the JWK Set holds 2 keys! None of them has a kid. Each is selected by its RFC 7638 thumbprint: ${printOf(namelessEc)}, ${printOf(namelessEd)}`,
    ],
    [
      'several keys of which one has a kid',
      set(namelessEc, a, { kty: 'XYZ', kid: 'unknown' }),
      undefined,
      `kid is required because the JWK Set holds 2 keys! Available values: a. A key without a kid is selected by its RFC 7638 thumbprint: ${printOf(namelessEc)}`,
    ],
    [
      'several keys whose kids are numbers',
      set({ ...namelessEc, kid: 1 }, { ...namelessEd, kid: 2 }),
      undefined,
      'kid is required because the JWK Set holds 2 keys! 1, 2 are numbers, but a kid is a string (RFC 7517 §4.5)',
    ],
    [
      'a kid that is a number in the set',
      set({ ...namelessEc, kid: 1 }, { ...namelessEd, kid: 2 }),
      '2',
      'kid (2) is not found in the JWK Set! A key has the number 2 as its kid; a kid is a string (RFC 7517 §4.5)',
    ],
    [
      'a thumbprint of a key that has a kid of its own',
      set({ ...namelessEc, kid: 'named' }, a),
      printOf(namelessEc),
      `kid (${printOf(namelessEc)}) is not found in the JWK Set!`,
    ],
    [
      'a thumbprint of one key with two uses',
      set({ ...namelessEc, use: 'sig' }, { ...namelessEc, use: 'enc' }, a),
      printOf(namelessEc),
      `kid (${printOf(namelessEc)}) names different keys in the JWK Set; a kid must name one key`,
    ],
    [
      'several keys that are all of unknown type',
      set({ kty: 'XYZ', kid: 'x' }, { kty: 'ML' }),
      undefined,
      'No usable key found! None of the 2 keys of the JWK Set is a complete key of a supported type (RSA, EC, OKP, AKP, oct)',
    ],
    [
      'entries that are no objects',
      set('x', 7),
      undefined,
      'The entries of the JWK Set are no JWKs: each must be a JSON object',
    ],
    [
      '10,001 keys',
      set(...Array.from({ length: 10_001 }, () => ({}))),
      'a',
      'The JWK Set holds 10001 keys; at most 10000 are accepted',
    ],
    [
      'a JWK that was quoted once more, as a PEM',
      '-----BEGIN PUBLIC KEY-----\n',
      undefined,
      'A JWK or a JWK Set is a JSON object (RFC 7517), not string: it is PEM (PUBLIC KEY)! Upload it as a key and create the JWK from that, with source type PUBLIC_KEY or PRIVATE_KEY',
    ],
    [
      'an OpenID discovery document',
      { issuer: 'https://op.example', jwks_uri: 'https://op.example/keys' },
      undefined,
      'No key found! It is a discovery document (OpenID Connect, RFC 8414), which names the JWK Set: give its jwks_uri (https://op.example/keys) as url of source type URL',
    ],
    [
      'a JWK Set inside a member',
      { client: 'x', jwks: { keys: [a] } },
      undefined,
      'No key found! The JWK Set is the value of the member jwks: give that value alone',
    ],
    [
      'a JWK Set as a text inside a member',
      { client: 'x', jwks: JSON.stringify({ keys: [a] }) },
      undefined,
      'No key found! Its member jwks is a text that looks like a JSON object: give that text alone, without the quotes around it',
    ],
    [
      'a list of JWKs as a text inside a member',
      { jwks: ` ${JSON.stringify([a])}` },
      undefined,
      'No key found! Its member jwks is a text that looks like a JSON array: give {"keys": [...]} with that array, without the quotes around it',
    ],
    ...['jwks', 'jwksUrl', 'key', 'jku', 'url'].map((member): [string, JsonObject, undefined, string] => [
      `the address of a JWK Set as ${member}`,
      { issuer: 'https://op.example', [member]: 'https://op.example/keys' },
      undefined,
      `No key found! Its member ${member} is an address: give it as url of source type URL`,
    ]),
    [
      'an object with another address',
      { issuer: 'https://op.example', jwks: 'none: see https://op.example/keys' },
      undefined,
      'No key found! The JSON object is neither a JWK (it has no kty) nor a JWK Set (it has no keys)',
    ],
    [
      'a JWK inside a member',
      { key: a },
      undefined,
      'No key found! The JWK is the value of the member key: give that value alone',
    ],
    [
      'a map of JWKs',
      { a, b },
      undefined,
      'No key found! Its members are JWKs: put them into an array, {"keys": [...]} (RFC 7517 §5)',
    ],
    [
      'a map from kid to certificate',
      { one: '-----BEGIN CERTIFICATE-----\n', two: '-----BEGIN CERTIFICATE-----\n' },
      undefined,
      'No key found! It is a map from kid to PEM certificates, not a JWK Set: give the JWK Set of the same issuer, or upload one of the certificates and create the JWK from that',
    ],
    ['a kid that is not there', set(a, b), 'x', 'kid (x) is not found in the JWK Set!'],
    ['another kid than that of the only key', set(a), 'x', 'kid (x) is not found in the JWK Set!'],
    ['another kid than that of a bare JWK', a, 'x', 'kid (x) is not found in the JWK Set!'],
    [
      'a kid of two keys',
      set(a, { ...b, kid: 'a' }),
      'a',
      'kid (a) names different keys in the JWK Set; a kid must name one key',
    ],
    [
      'a kid of one key with two uses',
      set({ ...a, use: 'sig' }, { ...a, use: 'enc' }),
      'a',
      'kid (a) names different keys in the JWK Set; a kid must name one key',
    ],
    ['an empty set', set(), 'a', 'No key found! The JWK Set is empty'],
    [
      'a set whose keys are no array',
      { keys: {} },
      'a',
      'keys of a JWK Set must be an array (RFC 7517 §5.1)',
    ],
    [
      'a set whose keys are a JWK Set as a text',
      { keys: JSON.stringify({ keys: [a] }) },
      'a',
      'keys of a JWK Set must be an array (RFC 7517 §5.1), not string: it looks like a JSON object! Give that text alone, without the quotes around it',
    ],
    [
      'a set whose keys are a list of JWKs as a text',
      { keys: JSON.stringify([a]) },
      'a',
      'keys of a JWK Set must be an array (RFC 7517 §5.1), not string: it looks like a JSON array! Give it without the quotes around it',
    ],
    [
      'a set whose keys are an address',
      { keys: 'https://op.example/keys' },
      'a',
      'keys of a JWK Set must be an array (RFC 7517 §5.1), not string: it is an address! Give it as url of source type URL',
    ],
    [
      'a set whose keys are another text',
      { keys: 'none' },
      'a',
      'keys of a JWK Set must be an array (RFC 7517 §5.1)',
    ],
    [
      'an only entry that is no object',
      set('x'),
      'a',
      'The only entry of the JWK Set is not a JWK: it must be a JSON object',
    ],
    [
      'an object that is neither',
      { foo: 1 },
      undefined,
      'No key found! The JSON object is neither a JWK (it has no kty) nor a JWK Set (it has no keys)',
    ],
    [
      'an array',
      [a],
      undefined,
      'A JSON array is not a JWK Set! The keys belong into an object: {"keys": [...]} (RFC 7517 §5)',
    ],
    ['a number', 7, undefined, 'A JWK or a JWK Set is a JSON object (RFC 7517), not number'],
    [
      'a JWK that was quoted once more',
      '{"k":"secret"}',
      undefined,
      'A JWK or a JWK Set is a JSON object (RFC 7517), not string: it looks like a JSON object! Give it without the quotes around it',
    ],
  ])('refuses %s', async (_name, document, kid, message) => {
    expect(await refusalOf(() => selectKey(document, kid))).toBe(message);
  });

  test('lists at most twenty kids, each shortened', async () => {
    const keys = Array.from({ length: 50 }, (_, n) => ({ ...a, kid: `${n}-${'x'.repeat(500)}` }));
    const message = await refusalOf(() => selectKey(set(...keys), undefined));
    expect(message.length).toBeLessThan(1600);
    expect(message).toMatch(/, …$/);
  });
});

describe('selectAgain', () => {
  const [first, second, third] = [namelessEc, namelessEd, namelessRsa];
  const again = (document: JsonValue, followed: Partial<FollowedKey>) =>
    selectAgain(document, {
      requestedKid: undefined,
      kid: printOf(first),
      thumbprint: printOf(first),
      ...followed,
    });
  const gone = (kid: string) => `kid (${kid}) is not found in the JWK Set!`;

  test.each<[string, JsonValue, Partial<FollowedKey>, JsonValue]>([
    ['a key without a kid beside a second one', set(second, first), {}, first],
    ['a key without a kid beside one of unknown type', set({ kty: 'XYZ', kid: 'x' }, first), {}, first],
    [
      'a key without a kid beside one of an unknown parameter set',
      set({ kty: 'AKP', alg: 'SLH-DSA-SHA2-128s', pub: 'AAAA', kid: 'x' }, first),
      {},
      first,
    ],
    [
      'a key without a kid that was given one, beside a second',
      set(second, first),
      { requestedKid: 'mine', kid: 'mine' },
      { ...first, kid: 'mine' },
    ],
    [
      'a key that was selected by its thumbprint',
      set(second, first),
      { requestedKid: printOf(first) },
      first,
    ],
    [
      'a key that was selected by its thumbprint and has got a kid',
      set(second, { ...first, kid: 'new' }),
      { requestedKid: printOf(first) },
      { ...first, kid: 'new' },
    ],
    ['the only usable key in place of one without a kid', set({ kty: 'XYZ' }, second), {}, second],
    [
      'the only usable key in place of one with a kid',
      set({ ...second, kid: 'b' }),
      { kid: 'a' },
      { ...second, kid: 'b' },
    ],
    [
      'new material of the kid that was asked for',
      set(third, { ...second, kid: 'a' }),
      { requestedKid: 'a', kid: 'a' },
      { ...second, kid: 'a' },
    ],
    [
      'new material of its own kid',
      set(third, { ...second, kid: 'a' }),
      { kid: 'a' },
      { ...second, kid: 'a' },
    ],
    [
      'the only key in place of one that was given a kid',
      second,
      { requestedKid: 'mine', kid: 'mine' },
      { ...second, kid: 'mine' },
    ],
  ])('follows %s', (_name, document, followed, expected) => {
    expect(again(document, followed)).toEqual(expected);
  });

  test.each<[string, JsonValue, Partial<FollowedKey>, string]>([
    [
      'selected by its thumbprint, and another is the only one',
      set(second),
      { requestedKid: printOf(first) },
      printOf(first),
    ],
    [
      'selected by its thumbprint, and another has that kid',
      set({ ...second, kid: printOf(first) }),
      { requestedKid: printOf(first) },
      printOf(first),
    ],
    [
      'named by its thumbprint, and another has that kid',
      set({ ...second, kid: printOf(first) }),
      {},
      printOf(first),
    ],
    [
      'named by its thumbprint, and another of several has that kid',
      set({ ...second, kid: printOf(first) }, third),
      {},
      printOf(first),
    ],
    ['named by its thumbprint, and several others are there', set(second, third), {}, printOf(first)],
    ['of its own kid, and several others are there', set(second, third), { kid: 'a' }, 'a'],
    [
      'of the kid that was asked for, and only another kid is there',
      set({ ...second, kid: 'b' }),
      { requestedKid: 'a', kid: 'a' },
      'a',
    ],
  ])('misses a key that was %s', async (_name, document, followed, kid) => {
    expect(await refusalOf(() => again(document, followed))).toBe(gone(kid));
    expect(() => again(document, followed)).toThrow(expect.objectContaining({ reason: 'KEY_NOT_FOUND' }));
  });
});
