// ML-DSA keys in PEM and DER (RFC 9881): the seed, the seed with its expanded key, and what is neither.

import { createPrivateKey, createPublicKey, hash, type JsonWebKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isKeyplaneError } from '../../src/errors.ts';
import { importJwk } from '../../src/jose/import-jwk.ts';
import type { PrivateJwk } from '../../src/jose/jwk.ts';
import { privateJwkToPem, publicJwkToPem } from '../../src/jose/jwk-pem.ts';
import { jwkFromKeyContent } from '../../src/jose/key-pem.ts';
import { writePem } from '../../src/jose/pem.ts';
import { publicJwk } from '../../src/jose/public-part.ts';
import { expandedKeyOf } from '../../src/jose/soundness/soundness-akp.ts';
import { makeAkp, publicHalf, refusalOf } from './made-keys.ts';

/** An element of DER. */
function der(tag: number, ...contents: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(
    contents.map((one) => (typeof one === 'string' ? Buffer.from(one, 'hex') : one)),
  );
  const { length } = content;
  const octets =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...octets]), content]);
}

const arcs: Readonly<Record<string, string>> = { 'ML-DSA-44': '11', 'ML-DSA-65': '12', 'ML-DSA-87': '13' };
const algorithm = (alg: string, parameters = '') =>
  der(0x30, `060960864801650304 03${arcs[alg]}`.replaceAll(' ', ''), parameters);
function pkcs8(
  alg: string,
  secret: Buffer,
  { version = '00', more = Buffer.alloc(0) as Buffer, parameters = '' } = {},
) {
  return der(0x30, `0201${version}`, algorithm(alg, parameters), der(0x04, secret), more);
}
const pem = (octets: Buffer) => writePem('PRIVATE KEY', octets);
const seedForm = (seed: Buffer) => der(0x80, seed);
const bothForm = (seed: Buffer, expanded: Buffer) => der(0x30, der(0x04, seed), der(0x04, expanded));

/** The seed of the examples of RFC 9881 (appendix C.1): the octets from 0 to 31. */
const seed = Buffer.from(Array.from({ length: 32 }, (_, index) => index));

/** What RFC 9881 appendix C prints for it: the SHA-256 of SPKI, and how the expanded key begins and ends. */
const examples = [
  {
    alg: 'ML-DSA-44',
    spki: '837832708c5236d951581f1fddf2b79991b3424a0486d16da1ddad0fd69701be',
    begins: 'd7b2b47254aae0db45e7930d4a98d2c97d8f1397d1789dafa17024b316e9bec9',
    ends: '13732284de9dbd3c7217b0689e21d8eb0ff69668',
  },
  {
    alg: 'ML-DSA-65',
    spki: 'b8b62131bfbe84433efb2273d7f5b87f7a22854a2cfd366fc2aead86d837c52d',
    begins: '48683d91978e31eb3dddb8b0473482d2b88a5f625949fd8f58a561e696bd4c27',
    ends: '3244d6c892fc8ef223ab3f43f924c2f466097ee8',
  },
  {
    alg: 'ML-DSA-87',
    spki: '07e57c4f14dbad1267f621ec3777b4e2e6c4fbc4c22fbb87510ff8e0b3c6a642',
    begins: '9792bcec2f2430686a82fccf3c2f5ff665e771d7ab41b90258cfa7e90ec97124',
    ends: '6fc5596567e94364dfaa6d9d5a6eb99ae4ddf424',
  },
] as const;

const spkiOf = (jwk: object) =>
  createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }).export({ type: 'spki', format: 'der' });

describe('an ML-DSA key in a file', () => {
  test.for(examples)('$alg of RFC 9881 is read from its seed, and from both forms', async (example) => {
    const { alg, spki, begins, ends } = example;
    const { jwk, kind } = jwkFromKeyContent(pem(pkcs8(alg, seedForm(seed))));
    expect(kind).toBe('PRIVATE_KEY');
    expect(jwk).toEqual({ kty: 'AKP', alg, pub: expect.any(String), priv: seed.toString('base64url') });
    expect(hash('sha256', spkiOf(publicHalf(jwk as never)))).toBe(spki);
    expect(await importJwk(jwk)).toEqual(jwk);
    const expanded = expandedKeyOf(alg, seed);
    expect(expanded.toString('hex')).toMatch(new RegExp(`^${begins}.*${ends}$`));
    expect(jwkFromKeyContent(pem(pkcs8(alg, bothForm(seed, expanded)))).jwk).toEqual(jwk);
  });

  test.for(examples)('$alg of node:crypto is read from PEM and from DER, and written so', async ({ alg }) => {
    const made = makeAkp(alg);
    const key = createPrivateKey({ key: made as JsonWebKey, format: 'jwk' });
    const written = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(jwkFromKeyContent(written)).toEqual({ kind: 'PRIVATE_KEY', jwk: made });
    const octets = key.export({ type: 'pkcs8', format: 'der' });
    expect(jwkFromKeyContent(octets.toString('base64')).jwk).toEqual(made);
    const published = spkiOf(publicHalf(made));
    expect(jwkFromKeyContent(published.toString('base64'))).toEqual({
      kind: 'PUBLIC_KEY',
      jwk: publicHalf(made),
    });
    const jwk = (await importJwk(made)) as PrivateJwk;
    expect(jwkFromKeyContent(privateJwkToPem(jwk)).jwk).toEqual(made);
    const exported = publicJwkToPem(publicJwk(jwk) as never);
    expect(jwkFromKeyContent(exported)).toEqual({ kind: 'PUBLIC_KEY', jwk: publicHalf(made) });
  });

  test.for(examples)('$alg in its expanded form alone is rejected with a command', async ({ alg }) => {
    const content = pem(pkcs8(alg, der(0x04, expandedKeyOf(alg, seed))));
    const reason = await Promise.resolve()
      .then(() => jwkFromKeyContent(content))
      .catch((error: unknown) => (isKeyplaneError(error) ? error.reason : error));
    expect(reason).toBe('FORM_NOT_SUPPORTED');
    const text = await refusalOf(() => jwkFromKeyContent(content));
    expect(text).toContain(`Key content is an ${alg} key in its expanded form alone, its seed is required`);
    expect(text).toContain(
      '`openssl pkey -in original.pem -provparam ml-dsa.output_formats=seed-only -out key.pem`',
    );
  });

  const alg = 'ML-DSA-65';
  const expanded = expandedKeyOf(alg, seed);
  const other = Buffer.alloc(32, 7);
  const pub = Buffer.from(
    publicHalf(jwkFromKeyContent(pem(pkcs8(alg, seedForm(seed)))).jwk as never).pub ?? '',
    'base64url',
  );
  const changed = Buffer.from(expanded);
  changed.writeUInt8(changed.readUInt8(100) ^ 1, 100);
  const publicKey = (octets: Buffer) => der(0x81, '00', octets);

  test.each<[string, Buffer, string]>([
    [
      'whose two forms are of two keys',
      pkcs8(alg, bothForm(other, expanded)),
      'its seed and its expanded private key do not agree (RFC 9881 §6)',
    ],
    ['whose expanded form has one bit changed', pkcs8(alg, bothForm(seed, changed)), 'do not agree'],
    ['whose expanded form is cut', pkcs8(alg, bothForm(seed, expanded.subarray(1))), 'do not agree'],
    [
      'with a third form',
      pkcs8(alg, der(0x30, der(4, seed), der(4, expanded), der(4, seed))),
      'has more members',
    ],
    ['whose seed is short', pkcs8(alg, seedForm(seed.subarray(1))), 'its seed has 31 bytes, ML-DSA-65 needs'],
    [
      'whose seed is short, in both forms',
      pkcs8(alg, bothForm(seed.subarray(1), expanded)),
      'its seed has 31',
    ],
    ['that is a bare seed', pkcs8(alg, seed), 'a seed without the tag that marks it as one (RFC 9881 §6)'],
    ['that is nothing', pkcs8(alg, Buffer.alloc(0)), 'it ends too early'],
    ['that is an integer', pkcs8(alg, der(2, seed)), 'its private key is missing or of another type'],
    [
      'with parameters of its algorithm',
      pkcs8(alg, seedForm(seed), { parameters: '0500' }),
      'its algorithm has parameters, and ML-DSA-65 has none (RFC 9881 §2)',
    ],
    [
      'with a public key of the wrong length',
      pkcs8(alg, seedForm(seed), { version: '01', more: publicKey(pub.subarray(1)) }),
      'its public key has 1951 bytes, ML-DSA-65 needs exactly 1952 (RFC 9881 §4)',
    ],
  ])('%s is rejected', async (_what, octets, reason) => {
    expect(await refusalOf(() => jwkFromKeyContent(pem(octets)))).toContain(reason);
  });

  test('may carry its public key, which must be that of the seed', async () => {
    const carrying = (octets: Buffer) =>
      pem(pkcs8(alg, seedForm(seed), { version: '01', more: publicKey(octets) }));
    const { jwk } = jwkFromKeyContent(carrying(pub));
    expect(await importJwk(jwk)).toMatchObject({ pub: pub.toString('base64url') });
    const wrong = jwkFromKeyContent(carrying(Buffer.alloc(1952, 1))).jwk;
    expect(await refusalOf(() => importJwk(wrong))).toContain('priv is not the seed of pub');
  });

  test.each([
    [
      'of the pre-hash variant',
      '21',
      'it is an ML-DSA key of the pre-hash variant (HashML-DSA), which JOSE does not have',
    ],
    ['of SLH-DSA', '14', 'it is an SLH-DSA key, which JOSE does not have yet'],
  ])('%s is rejected by its name', async (_what, arc, reason) => {
    const spki = der(
      0x30,
      der(0x30, `0609608648016503040 3${arc}`.replaceAll(' ', '')),
      der(0x03, '00', pub),
    );
    expect(await refusalOf(() => jwkFromKeyContent(spki.toString('base64')))).toContain(reason);
  });

  test('of a composite draft is rejected by its name', async () => {
    // 1.3.6.1.5.5.7.6.37
    const spki = der(0x30, der(0x30, '06082b06010505070625'), der(0x03, '00', pub));
    const reason = 'it is a composite key, which JOSE does not have yet';
    expect(await refusalOf(() => jwkFromKeyContent(spki.toString('base64')))).toContain(reason);
  });
});
