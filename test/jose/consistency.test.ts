import { describe, expect, test } from 'vitest';
import { readCertificates, x5Members } from '../../src/jose/certificate.ts';
import { importJwk } from '../../src/jose/import-jwk.ts';
import type { JsonObject } from '../../src/jose/json.ts';
import { jwkFromKeyContent } from '../../src/jose/key-pem.ts';
import { fixture, makeEc, makeOct, makeOkp, makeRsa, publicHalf, refusalOf } from './made-keys.ts';

const rsa = makeRsa();
const ec = makeEc('P-256');
const ed = makeOkp('Ed25519');
const x = makeOkp('X25519');
const reasonFor = (jwk: JsonObject) => refusalOf(() => importJwk(jwk));

describe('the shape of a JWK', () => {
  test('keeps known members and drops all others, x5u among them', async () => {
    const known = { ...ec, kid: 'k', use: 'sig', key_ops: ['sign'], alg: 'ES256' };
    const imported = await importJwk({
      ...known,
      x5u: 'https://example.com/x',
      ext: true,
      extra: { n: 1 },
      k: 7,
    });
    expect(imported).toEqual(known);
    expect(Object.getPrototypeOf(imported)).toBe(Object.prototype);
  });

  test.each<[string, JsonObject, string]>([
    ['no kty', {}, 'kty is required in a JWK! Valid values: RSA, EC, OKP, AKP, oct'],
    ['an unknown kty', { kty: 'XYZ' }, 'kty (XYZ) is not supported! Valid values: RSA, EC, OKP, AKP, oct'],
    [
      'a kty in the wrong case',
      { kty: 'rsa' },
      'kty (rsa) is not supported! Valid values: RSA, EC, OKP, AKP, oct',
    ],
    [
      'a kty that is no string',
      { kty: ['RSA'] },
      'kty must be a string, not array! Valid values: RSA, EC, OKP, AKP, oct',
    ],
    ['a member of the wrong type', { ...rsa, n: 7 }, 'n must be a string, not number'],
    ['a private member that is null', { ...rsa, d: null }, 'd must be a string, not null'],
    ['a missing member', { kty: 'RSA', e: 'AQAB' }, 'n is required in an RSA JWK!'],
    ['no y', { kty: 'EC', crv: 'P-256', x: ec.x ?? '' }, 'y is required in an EC JWK!'],
    ['no k', { kty: 'oct' }, 'k is required in an OCT JWK!'],
    ['an empty member', { kty: 'oct', k: '' }, 'k is empty; it must be base64url text (RFC 7515 §2)'],
    ['padding', { kty: 'oct', k: 'AAA=' }, 'k is not base64url: it carries padding (=) (RFC 7515 §2)'],
    [
      'plain base64',
      { kty: 'oct', k: 'a+/b' },
      'k is not base64url: it uses + or /, the letters of plain base64, in place of - and _ (RFC 7515 §2)',
    ],
    [
      'a blank',
      { kty: 'oct', k: 'AA A' },
      'k is not base64url: it holds a character outside A-Z a-z 0-9 - _ (RFC 7515 §2)',
    ],
    [
      'an impossible length',
      { kty: 'oct', k: 'AAAAA' },
      'k is not base64url: its length can not come from whole octets (RFC 7515 §2)',
    ],
    [
      'bits behind the last octet',
      { kty: 'oct', k: 'AB' },
      'k is not base64url: its last character carries bits that belong to no octet (RFC 7515 §2)',
    ],
    [
      'a zero octet before d',
      {
        ...rsa,
        d: Buffer.concat([Buffer.alloc(1), Buffer.from(rsa.d ?? '', 'base64url')]).toString('base64url'),
      },
      'd begins with a zero octet; an integer is written in the fewest octets (RFC 7518 §2)',
    ],
    [
      'a short modulus that zero octets make long',
      {
        kty: 'RSA',
        n: Buffer.concat([Buffer.alloc(200), Buffer.from('0101', 'hex')]).toString('base64url'),
        e: 'AQAB',
      },
      'RSA key is not sound: the modulus (n) has 9 bits, 2048 to 8192 are accepted',
    ],
    [
      'kty EC and a curve of OKP',
      { kty: 'EC', crv: 'Ed25519', x: ed.x ?? '' },
      'crv (Ed25519) is not valid for EC keys! Ed25519 is a curve of kty OKP, not EC (RFC 8037 §2). Valid values: P-256, P-384, P-521, secp256k1',
    ],
    [
      'a coordinate of one byte',
      { ...publicHalf(ec), x: 'AQ' },
      'EC key is not sound: x has 1 byte, P-256 needs exactly 32 (RFC 7518 §6.2.1.2)',
    ],
    [
      'a million characters',
      { kty: 'oct', k: 'A'.repeat(1_000_000) },
      'k has 1000000 characters; no key that is accepted needs more than 2800',
    ],
    ['a kid that is no string', { ...ec, kid: 5 }, 'kid must be a string, not number'],
    ['a long kid', { ...ec, kid: 'k'.repeat(513) }, 'kid has 513 characters; at most 512 are accepted'],
    [
      'a kid of two lines',
      { ...ec, kid: 'a\nb' },
      'kid holds a control character; only printable characters are accepted',
    ],
    ['an unknown use', { ...ec, use: 'both' }, 'use (both) is not valid! Valid values: sig, enc'],
    ['a use that is no string', { ...ec, use: 1 }, 'use must be a string, not number'],
    [
      'key_ops that are no array',
      { ...ec, key_ops: 'sign' },
      'key_ops must be an array of strings, not string',
    ],
    [
      'key_ops that are no strings',
      { ...ec, key_ops: [1] },
      'Each value of key_ops must be a string, not number',
    ],
    [
      'too many key_ops',
      { ...ec, key_ops: Array(9).fill('sign') },
      'key_ops has 9 values; at most 8 are accepted',
    ],
    ['an alg that is no string', { ...ec, alg: {} }, 'alg must be a string, not object'],
    [
      'a certificate of absurd length',
      { ...ec, x5c: ['A'.repeat(88_001)] },
      'A value of x5c has 88001 characters; at most 88000 are accepted',
    ],
    ['x5c that is a string', { ...ec, x5c: 'AAAA' }, 'x5c must be an array of strings, not string'],
  ])('is refused with %s', async (_name, jwk, message) => {
    expect(await reasonFor(jwk)).toBe(message);
  });

  test('never shows a value that may be secret', async () => {
    for (const member of ['d', 'k', 'p']) {
      const kty = member === 'k' ? 'oct' : 'RSA';
      expect(await reasonFor({ kty, n: 'AQ', e: 'AQ', [member]: 'hunter2=' })).not.toContain('hunter2');
    }
  });
});

describe('what a JWK says of itself', () => {
  test.each<[string, JsonObject]>([
    ['RSA for signatures', { ...rsa, alg: 'PS512', use: 'sig', key_ops: ['sign', 'verify'] }],
    [
      'RSA for encryption as WebCrypto writes it',
      { ...rsa, alg: 'RSA-OAEP-256', key_ops: ['decrypt', 'unwrapKey'] },
    ],
    ['an ECDH private key', { ...ec, use: 'enc', key_ops: ['deriveKey', 'deriveBits'], alg: 'ECDH-ES' }],
    ['Ed25519 by its own name', { ...ed, alg: 'Ed25519' }],
    ['Ed25519 by its older name', { ...ed, alg: 'EdDSA', use: 'sig' }],
    ['X25519', { ...x, alg: 'ECDH-ES+A256KW', use: 'enc' }],
    ['HMAC', { ...makeOct(32), alg: 'HS256', key_ops: ['sign', 'verify'] }],
    ['a content encryption key', { ...makeOct(32), alg: 'A128CBC-HS256', use: 'enc' }],
    ['a key used directly', { ...makeOct(16), alg: 'dir' }],
    ['a password', { ...makeOct(3), alg: 'PBES2-HS256+A128KW' }],
  ])('is taken when it agrees: %s', async (_name, jwk) => {
    expect(await importJwk(jwk)).toEqual(jwk);
  });

  test.each<[string, JsonObject, string]>([
    [
      'an unknown alg',
      { ...ec, alg: 'ES999' },
      'alg (ES999) is not known! Valid values for EC keys on curve P-256: ES256, ECDH-ES,',
    ],
    ['alg none', { ...rsa, alg: 'none' }, 'alg (none) is not known!'],
    ['DIR in place of dir', { ...makeOct(16), alg: 'DIR' }, 'alg (DIR) is not known!'],
    [
      'an alg of another key type',
      { ...rsa, alg: 'ES256' },
      'alg (ES256) contradicts the key: it is for EC keys! Valid values for RSA keys: RS256,',
    ],
    [
      'an alg of another curve',
      { ...ec, alg: 'ES384' },
      'alg (ES384) contradicts the key: it needs curve P-384! Valid values for EC keys on curve P-256: ES256,',
    ],
    [
      'EdDSA for an X key',
      { ...x, alg: 'EdDSA' },
      'alg (EdDSA) contradicts the key: it needs curve Ed25519 or Ed448!',
    ],
    [
      'Ed448 for an Ed25519 key',
      { ...ed, alg: 'Ed448' },
      'alg (Ed448) contradicts the key: it needs curve Ed448!',
    ],
    ['ECDH for secp256k1', { ...makeEc('secp256k1'), alg: 'ECDH-ES' }, 'alg (ECDH-ES) contradicts the key'],
    [
      'an OCT key shorter than its alg needs',
      { ...makeOct(31), alg: 'HS256' },
      'alg (HS256) contradicts the key: it needs at least 32 bytes!',
    ],
    [
      'an OCT key longer than its alg takes',
      { ...makeOct(32), alg: 'A128KW' },
      'alg (A128KW) contradicts the key: it needs exactly 16 bytes!',
    ],
    [
      'alg against use',
      { ...rsa, alg: 'RS256', use: 'enc' },
      'use (enc) contradicts alg (RS256), which is for use sig',
    ],
    [
      'use against the curve',
      { ...ed, use: 'enc' },
      'use (enc) contradicts the key: curve Ed25519 is for signatures only',
    ],
    [
      'use against an X curve',
      { ...x, use: 'sig' },
      'use (sig) contradicts the key: curve X25519 is for encryption only',
    ],
    [
      'key_ops against the curve',
      { ...x, key_ops: ['sign'] },
      'key_ops contradicts the key: curve X25519 is for encryption only',
    ],
    [
      'key_ops against use',
      { ...rsa, use: 'sig', key_ops: ['decrypt'] },
      'key_ops (decrypt) contradicts use (sig) (RFC 7517 §4.3)',
    ],
    [
      'key_ops against alg',
      { ...rsa, alg: 'RS256', key_ops: ['decrypt'] },
      'key_ops (decrypt) contradicts alg (RS256)',
    ],
    [
      'key_ops for two purposes',
      { ...rsa, key_ops: ['sign', 'decrypt'] },
      'key_ops contradicts itself: one key may not both sign and encrypt (RFC 7517 §4.3)',
    ],
    [
      'a doubled key_ops value',
      { ...rsa, key_ops: ['sign', 'sign'] },
      'key_ops names sign twice (RFC 7517 §4.3)',
    ],
    [
      'a key type that can not derive',
      { ...rsa, key_ops: ['deriveBits'] },
      'key_ops contradicts the key: RSA keys can not deriveBits',
    ],
    [
      'a public key that is to sign',
      { ...publicHalf(rsa), key_ops: ['sign'] },
      'key_ops contradicts the key: sign needs the private key, and this one is public',
    ],
  ])('is refused when it contradicts: %s', async (_name, jwk, message) => {
    expect(await reasonFor(jwk)).toContain(message);
  });
});

describe('x5c', () => {
  const chain = readCertificates(['leaf.pem', 'intermediate.pem', 'root.pem'].map(fixture).join(''));
  const { jwk: leafKey } = jwkFromKeyContent(fixture('leaf.key'));
  const good = { ...leafKey, ...x5Members(chain) };
  const [leaf = ''] = good.x5c;
  const body = (name: string) => fixture(name).replace(/-----[^-]+-----|\n/g, '');

  test('is taken with the chain behind the certificate of the key, in its order', async () => {
    expect(await importJwk(good)).toEqual(good);
    expect(await importJwk({ ...leafKey, x5c: [leaf] })).toMatchObject({ x5c: [leaf] });
  });

  test.each<[string, JsonObject, string]>([
    [
      'another key',
      { ...rsa, x5c: [leaf] },
      'x5c contradicts the key: its first certificate is for another key (RFC 7517 §4.7)',
    ],
    ['another key type', { ...ec, x5c: [leaf] }, 'x5c contradicts the key'],
    [
      'base64url',
      { ...leafKey, x5c: [Buffer.from(leaf, 'base64').toString('base64url')] },
      'x5c[0] is not base64 of a DER certificate',
    ],
    ['PEM', { ...leafKey, x5c: [fixture('leaf.pem')] }, 'x5c[0] is not base64 of a DER certificate'],
    [
      'a damaged certificate',
      { ...leafKey, x5c: [leaf.slice(0, 400)] },
      'x5c[0] is not valid: it ends too early',
    ],
    [
      'bytes behind the certificate',
      {
        ...leafKey,
        x5c: [Buffer.concat([Buffer.from(leaf, 'base64'), Buffer.from('x')]).toString('base64')],
      },
      'x5c[0] is not valid: there are bytes behind its end',
    ],
    ['a PKCS#8 key', { ...leafKey, x5c: [body('leaf.key')] }, 'x5c[0] holds private key material!'],
    [
      'a SEC 1 key behind a certificate',
      { ...leafKey, x5c: [leaf, body('ec-with-parameters.pem').slice(16)] },
      'x5c[1] holds private key material!',
    ],
    [
      'a private key in PEM',
      { ...leafKey, x5c: [fixture('leaf.key')] },
      'x5c[0] holds private key material!',
    ],
    [
      'a private key in PEM in base64',
      { ...leafKey, x5c: [Buffer.from(fixture('leaf.key')).toString('base64')] },
      'x5c[0] holds private key material!',
    ],
    ['an OCT key', { ...makeOct(16), x5c: [leaf] }, 'a certificate never certifies an OCT key'],
    ['another x5t', { ...good, x5t: Buffer.alloc(20).toString('base64url') }, 'x5t contradicts x5c'],
    [
      'another x5t#S256',
      { ...good, 'x5t#S256': Buffer.alloc(32).toString('base64url') },
      'x5t#S256 contradicts x5c',
    ],
    ['x5t of a wrong length', { ...leafKey, x5t: 'AAAA' }, 'x5t must stand for 20 bytes'],
    ['x5t#S256 of a wrong length', { ...leafKey, 'x5t#S256': 'AAAA' }, 'x5t#S256 must stand for 32 bytes'],
    [
      'eleven certificates',
      { ...leafKey, x5c: Array(11).fill(leaf) },
      'x5c has 11 values; at most 10 are accepted',
    ],
  ])('is refused with %s', async (_name, jwk, message) => {
    expect(await reasonFor(jwk)).toContain(message);
  });

  test('holds a key to what its RSASSA-PSS certificate allows', async () => {
    const { jwk } = jwkFromKeyContent(fixture('pss.key'));
    const x5c = x5Members(readCertificates(fixture('pss.pem'))).x5c;
    await importJwk({ ...jwk, x5c, alg: 'PS384' });
    expect(await reasonFor({ ...jwk, x5c, alg: 'RS256' })).toContain('is not valid for RSASSA-PSS keys');
  });
});
