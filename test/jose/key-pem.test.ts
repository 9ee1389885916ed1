import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { importJwk } from '../../src/jose/import-jwk.ts';
import { privateJwkToPem, publicJwkToPem } from '../../src/jose/jwk-pem.ts';
import { jwkFromKeyContent } from '../../src/jose/key-pem.ts';
import { publicJwk } from '../../src/jose/public-part.ts';
import { fixture, makeOct, refusalOf } from './made-keys.ts';

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}
// The types of node know fewer options than node does.
const makePair = generateKeyPairSync as unknown as (type: string, options?: object) => Pair;
const rsa: Pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec: Pair = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const pairs: [string, Pair][] = [
  ['RSA', rsa],
  ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['P-521', ec],
  ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
  ['Ed25519', generateKeyPairSync('ed25519')],
  ['Ed448', generateKeyPairSync('ed448')],
  ['X25519', generateKeyPairSync('x25519')],
  ['X448', generateKeyPairSync('x448')],
];
const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'spki' | 'sec1') =>
  key.export({ type: type as 'pkcs8', format: 'pem' }).toString();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const reasonFor = (content: string) => refusalOf(() => jwkFromKeyContent(content));

describe('jwkFromKeyContent', () => {
  test.each(pairs)(
    'reads PKCS#8 and SPKI of %s as node does, in PEM, base64 of PEM and base64 of DER',
    (_name, pair) => {
      for (const [key, type, kind] of [
        [pair.privateKey, 'pkcs8', 'PRIVATE_KEY'],
        [pair.publicKey, 'spki', 'PUBLIC_KEY'],
      ] as const) {
        const text = pem(key, type);
        const der = text.replace(/-----[^-]+-----/g, '');
        for (const content of [
          text,
          `Key of Bob\n${text}`,
          text.replaceAll('\n', '\r\n'),
          base64(text),
          der,
          der.replaceAll('\n', ''),
        ]) {
          expect(jwkFromKeyContent(content)).toEqual({ jwk: key.export({ format: 'jwk' }), kind });
        }
      }
    },
  );

  test('reads a key by what it is, whatever its label says', () => {
    const relabelled = (text: string, label: string) => text.replace(/(BEGIN|END) [A-Z ]+/g, `$1 ${label}`);
    for (const [key, type] of [
      [rsa.privateKey, 'pkcs8'],
      [rsa.privateKey, 'pkcs1'],
      [rsa.publicKey, 'spki'],
      [rsa.publicKey, 'pkcs1'],
      [ec.privateKey, 'sec1'],
    ] as const) {
      const expected = { jwk: key.export({ format: 'jwk' }), kind: `${key.type.toUpperCase()}_KEY` };
      for (const label of [
        'PRIVATE KEY',
        'RSA PRIVATE KEY',
        'EC PRIVATE KEY',
        'PUBLIC KEY',
        'RSA PUBLIC KEY',
        'KEY',
      ]) {
        expect(jwkFromKeyContent(relabelled(pem(key, type), label))).toEqual(expected);
      }
    }
  });

  test('reads PEM whose line breaks became two characters, blanks or nothing', () => {
    const text = pem(rsa.privateKey, 'pkcs8');
    const expected = { jwk: rsa.privateKey.export({ format: 'jwk' }), kind: 'PRIVATE_KEY' };
    for (const content of [
      text.trim().replaceAll('\n', '\\n'),
      text.replaceAll('\n', '\\r\\n'),
      JSON.stringify(text),
      text.replaceAll('\n', ' '),
      text.replaceAll('\n', ''),
    ]) {
      expect(jwkFromKeyContent(content)).toEqual(expected);
    }
  });

  test('reads PKCS#1 and SEC 1', () => {
    expect(jwkFromKeyContent(pem(rsa.privateKey, 'pkcs1'))).toEqual({
      jwk: rsa.privateKey.export({ format: 'jwk' }),
      kind: 'PRIVATE_KEY',
    });
    expect(jwkFromKeyContent(pem(rsa.publicKey, 'pkcs1'))).toEqual({
      jwk: rsa.publicKey.export({ format: 'jwk' }),
      kind: 'PUBLIC_KEY',
    });
    expect(jwkFromKeyContent(pem(ec.privateKey, 'sec1')).jwk).toEqual(
      ec.privateKey.export({ format: 'jwk' }),
    );
  });

  test('reads SEC 1 behind the EC PARAMETERS block that OpenSSL writes', async () => {
    const { jwk } = jwkFromKeyContent(fixture('ec-with-parameters.pem'));
    expect(await importJwk(jwk)).toMatchObject({ kty: 'EC', crv: 'P-256' });
  });

  test('reads a compressed point', async () => {
    const { jwk } = jwkFromKeyContent(fixture('ec-compressed-public.pem'));
    const whole = createPrivateKey(fixture('ec.key')).export({ format: 'jwk' });
    expect(jwk).toEqual({ kty: 'EC', crv: 'P-256', x: whole.x, y: whole.y });
  });

  test('derives the public half of an EC key that comes without it, and takes a shortened private value', async () => {
    const d = Buffer.alloc(31, 7);
    // ECPrivateKey { 1, OCTET STRING (31), [0] P-256 }, by hand.
    const sec1 = Buffer.concat([
      Buffer.from('30300201010 41f'.replace(' ', ''), 'hex'),
      d,
      Buffer.from('a00a06082a8648ce3d030107', 'hex'),
    ]);
    const { jwk } = jwkFromKeyContent(sec1.toString('base64'));
    expect(jwk.d).toBe(Buffer.concat([Buffer.alloc(1), d]).toString('base64url'));
    await importJwk(jwk);
  });

  test('reads the second version of PKCS#8, which carries the public key', async () => {
    // RFC 8410 §10.3, the second example.
    const text = `-----BEGIN PRIVATE KEY-----
MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
Z9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PRIVATE KEY-----`;
    const { jwk } = jwkFromKeyContent(text);
    expect(await importJwk(jwk)).toMatchObject({
      crv: 'Ed25519',
      x: 'Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE',
    });
  });

  test('marks RSASSA-PSS keys, with their hash when they name one', async () => {
    const free = makePair('rsa-pss', { modulusLength: 2048 });
    expect(jwkFromKeyContent(pem(free.privateKey, 'pkcs8'))).toMatchObject({
      kind: 'PRIVATE_KEY',
      restriction: 'RSA-PSS',
    });
    const bound = jwkFromKeyContent(fixture('pss.key'));
    expect(bound.restriction).toBe('PS384');
    expect(await importJwk(bound.jwk)).toMatchObject({ kty: 'RSA' });
    const sha1 = makePair('rsa-pss', {
      modulusLength: 2048,
      hashAlgorithm: 'sha1',
      mgf1HashAlgorithm: 'sha1',
      saltLength: 20,
    });
    expect(await reasonFor(pem(sha1.publicKey, 'spki'))).toContain(
      'match none of PS256, PS384, PS512 (RFC 7518 §3.5)',
    );
  });

  const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
  const dh = makePair('dh', { group: 'modp14' });
  const p224: Pair = generateKeyPairSync('ec', { namedCurve: 'secp224r1' });
  const slhDsa = makePair('slh-dsa-sha2-128f');
  const mlKem = makePair('ml-kem-768');
  const encrypted = rsa.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString();
  const good = pem(rsa.privateKey, 'pkcs8');
  const decrypt = 'Key content is encrypted: passphrase is required!';

  test.each<[string, string, string]>([
    ['nothing', '', 'Key content is neither PEM (-----BEGIN ...) nor base64 of PEM'],
    ['a word', 'not a key', 'Key content is neither PEM'],
    [
      'base64 of nothing known',
      base64('hello'),
      'Key content is base64, but neither of PEM nor of a key in DER',
    ],
    ['a DSA key', pem(dsa.privateKey, 'pkcs8'), 'it is a DSA key; supported are RSA, EC'],
    ['a Diffie-Hellman key', pem(dh.publicKey, 'spki'), 'it is a Diffie-Hellman key'],
    ['a key on P-224', pem(p224.privateKey, 'pkcs8'), 'it is on curve P-224'],
    ['an SM2 key', fixture('sm2.key'), 'it is an SM2 key'],
    ['an SLH-DSA key', pem(slhDsa.publicKey, 'spki'), 'it is an SLH-DSA key, which JOSE does not have yet'],
    ['an ML-KEM key', pem(mlKem.privateKey, 'pkcs8'), 'it is an ML-KEM key, which JOSE does not have yet'],
    [
      'explicit curve parameters',
      fixture('explicit.key'),
      'explicit parameters, a named curve is required (RFC 5480 §2.1.1)',
    ],
    ['an encrypted PKCS#8 key', encrypted, decrypt],
    ['an encrypted PKCS#8 key in DER', encrypted.replace(/-----[^-]+-----/g, ''), decrypt],
    ['an encrypted traditional key', fixture('encrypted-traditional.pem'), decrypt],
    ['a certificate', fixture('leaf.pem'), 'Key content is a certificate where a key belongs!'],
    [
      'a certificate in DER',
      fixture('leaf.pem').replace(/-----[^-]+-----/g, ''),
      'Key content is a certificate where a key belongs!',
    ],
    [
      'two keys',
      good + pem(rsa.publicKey, 'spki'),
      'Key content has 2 PEM blocks (PRIVATE KEY, PUBLIC KEY); exactly one key is accepted',
    ],
    ['a key and its certificate', fixture('leaf.key') + fixture('leaf.pem'), 'Key content has 2 PEM blocks'],
    [
      'headers in a block that is not encrypted',
      good.replace('KEY-----\n', 'KEY-----\nComment: mine\n\n'),
      'Key content has headers inside its PEM block, which is not accepted',
    ],
    ['33 keys', good.repeat(33), 'Key content has more than 32 PEM blocks'],
    ['text behind the key', `${good}\nthe end`, 'Key content has text behind its last PEM block'],
    [
      'a key that is cut off',
      good.slice(0, 900),
      'Key content has no END line for BEGIN PRIVATE KEY; is it cut off?',
    ],
    [
      'an END line alone',
      `-----END PRIVATE KEY-----\n${good}`,
      'Key content has an END PRIVATE KEY line without its BEGIN line',
    ],
    [
      'an END line of another label',
      good.replace('END PRIVATE', 'END PUBLIC'),
      'Key content has no END line for BEGIN PRIVATE KEY',
    ],
    ['a lost character', good.replace('\nMII', '\nMI'), 'what stands in its PRIVATE KEY block is not base64'],
    [
      'an OpenSSH key that is damaged',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----',
      'Key content is a damaged key in the format of OpenSSH: it does not begin with openssh-key-v1',
    ],
    ['a JWK', '{"kty":"oct"}', 'Key content is JSON! A JWK is not stored as a key: make a JWK of it with'],
    [
      'DER that is cut off',
      good.replace(/-----[^-]+-----|\n/g, '').slice(0, 400),
      'Key content is not a key that is accepted: it ends too early',
    ],
    [
      'an encrypted block without its parameters',
      fixture('encrypted-traditional.pem').replace(/^DEK-Info.*$/m, ''),
      'Key content is damaged: its encrypted block has no line DEK-Info',
    ],
    [
      'PEM without an end, in one line',
      '-----BEGIN PRIVATE KEY----- AAAA',
      'has no END line for BEGIN PRIVATE KEY',
    ],
    [
      'a certificate request',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
      'Key content is a certificate request!',
    ],
    [
      'EC parameters alone',
      `${fixture('ec-with-parameters.pem').split('-----BEGIN EC PRIVATE')[0]}`,
      'EC parameters without a key',
    ],
    ['too much', 'A'.repeat(131_073), 'Key content has 131073 characters; at most 131072 are accepted'],
  ])('refuses %s', async (_name, content, message) => {
    expect(await reasonFor(content)).toContain(message);
  });

  test('answers a key with any one octet changed with a key or a bad request', async () => {
    for (const [, pair] of pairs) {
      const der = pair.privateKey.export({ type: 'pkcs8', format: 'der' });
      for (let at = 0; at < Math.min(der.length, 120); at += 1) {
        for (const value of [0x00, 0x80, 0xff, (der[at] ?? 0) ^ 1]) {
          const changed = Buffer.from(der);
          changed[at] = value;
          const text = changed.toString('base64');
          await refusalOf(() => jwkFromKeyContent(text)).catch((error: Error) =>
            expect(error.message).toBe('it was accepted'),
          );
        }
      }
    }
  });
});

describe('PEM of a JWK', () => {
  test.each(pairs)('is read back by node for %s', async (_name, pair) => {
    const jwk = await importJwk(pair.privateKey.export({ format: 'jwk' }) as never);
    const published = publicJwk(jwk);
    expect(createPrivateKey(privateJwkToPem(jwk)).equals(pair.privateKey)).toBe(true);
    expect(published && publicJwkToPem(published)).toBe(pem(pair.publicKey, 'spki'));
  });

  test('is refused for a secret key, and for the private half of a public key', async () => {
    const oct = await importJwk(makeOct(32));
    expect(await refusalOf(() => privateJwkToPem(oct))).toBe('An OCT key has no PEM form; export it as JSON');
    const half = await importJwk(rsa.publicKey.export({ format: 'jwk' }) as never);
    expect(await refusalOf(() => privateJwkToPem(half))).toBe(
      'The JWK holds no private key; export its public half',
    );
  });
});
