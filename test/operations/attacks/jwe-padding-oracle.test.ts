// Anyone who learns what failed decrypts without the key (Bleichenbacher, Manger, Vaudenay). So each failure takes the same
// way to the tag, with a key that is drawn at random (RFC 7516 §11.5), and ends in the same error.

import {
  constants,
  createHash,
  createPublicKey,
  type JsonWebKey,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isKeyplaneError } from '../../../src/errors.ts';
import type { PrivateJwk } from '../../../src/jose/jwk.ts';
import { secureRandomness } from '../../../src/node/operations/secure-randomness.ts';
import { forgedPlaintext, forgeJwe, knownOctets } from '../encryption/support/forged-jwe.ts';
import { headerOf, openJwe, openKey, sealCompact } from '../encryption/support/open-jwe.ts';
import { curveJwk, octJwk, rsaJwk } from '../encryption/support/sample-jwks.ts';

const randomness = { ...secureRandomness, octets: knownOctets };
const enc = 'A128CBC-HS256';
const cekOctets = 32;
const modulusOctets = 256;

/** All that a caller and the log can see. */
async function failureOf(key: ReturnType<typeof openKey>, jwe: string): Promise<unknown> {
  const error = await openJwe(key, jwe).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!isKeyplaneError(error)) throw new Error('it was decrypted');
  const { code, reason, member, remedy, detail, message, cause } = error;
  return { code, reason, member, remedy, detail, message, cause };
}

const theFailure = {
  code: 'bad_request',
  reason: 'REQUEST_NOT_VALID',
  message: 'Decryption failed!',
  member: undefined,
  remedy: undefined,
  detail: undefined,
  cause: undefined,
};

/** RSA without padding, so that a test has any padding that it wants. */
function rawRsa(jwk: PrivateJwk, encoded: Buffer): Buffer {
  const { kty, n, e } = jwk as unknown as Record<string, string>;
  const key = createPublicKey({ key: { kty, n, e } as JsonWebKey, format: 'jwk' });
  return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
}

function changed(octets: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(octets);
  copy[at] = value;
  return copy;
}

/** EME-PKCS1-v1_5 of a message. */
function pkcs1(message: Buffer): Buffer {
  const padding = Buffer.alloc(modulusOctets - 3 - message.length, 0xff);
  return Buffer.concat([Buffer.of(0, 2), padding, Buffer.of(0), message]);
}

function mgf1(seed: Buffer, octets: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(octets / 32) }, (_, index) =>
    createHash('sha256')
      .update(seed)
      .update(Buffer.of(0, 0, 0, index))
      .digest(),
  );
  return Buffer.concat(blocks).subarray(0, octets);
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((octet, index) => octet ^ (other[index] ?? 0)));
}

/** EME-OAEP with SHA-256 of a data block that a test has changed. */
function oaep(block: Buffer, first = 0): Buffer {
  const seed = randomBytes(32);
  const maskedBlock = xor(block, mgf1(seed, block.length));
  return Buffer.concat([Buffer.of(first), xor(seed, mgf1(maskedBlock, 32)), maskedBlock]);
}

const cek = randomBytes(cekOctets);
const rsa15 = rsaJwk('RSA1_5');
const oaep256 = rsaJwk('RSA-OAEP-256');
const block = Buffer.concat([
  createHash('sha256').digest(),
  Buffer.alloc(modulusOctets - 33 - 32 - 1 - cekOctets),
  Buffer.of(1),
  cek,
]);
const separator = modulusOctets - cekOctets - 1;

const wrongPaddings = [
  ['RSA1_5', rsa15, 'a first octet that is not 0', changed(pkcs1(cek), 0, 1)],
  ['RSA1_5', rsa15, 'a type that is not 2', changed(pkcs1(cek), 1, 1)],
  ['RSA1_5', rsa15, 'a 0 in the first octets of the padding', changed(pkcs1(cek), 5, 0)],
  ['RSA1_5', rsa15, 'a 0 late in the padding', changed(pkcs1(cek), separator - 1, 0)],
  ['RSA1_5', rsa15, 'no 0 after the padding', changed(pkcs1(cek), separator, 7)],
  ['RSA1_5', rsa15, 'a key that is too short', pkcs1(cek.subarray(1))],
  ['RSA1_5', rsa15, 'a key that is too long', pkcs1(Buffer.concat([cek, cek]))],
  ['RSA1_5', rsa15, 'nothing but zeros', Buffer.alloc(modulusOctets)],
  ['RSA-OAEP-256', oaep256, 'a first octet that is not 0', oaep(block, 1)],
  ['RSA-OAEP-256', oaep256, 'another label', oaep(changed(block, 0, 1))],
  ['RSA-OAEP-256', oaep256, 'a 1 early in the padding', oaep(changed(block, 40, 1))],
  ['RSA-OAEP-256', oaep256, 'no 1 after the padding', oaep(changed(block, block.length - cekOctets - 1, 0))],
  [
    'RSA-OAEP-256',
    oaep256,
    'a key that is too short',
    oaep(changed(changed(block, block.length - cekOctets - 1, 0), block.length - cekOctets, 1)),
  ],
  ['RSA-OAEP-256', oaep256, 'nothing but zeros', Buffer.alloc(modulusOctets)],
] as const;

describe('an RSA padding', () => {
  test.each([
    ['RSA1_5', rsa15, pkcs1(cek)],
    ['RSA-OAEP-256', oaep256, oaep(block)],
  ] as const)('of %s that is right yields its key', async (alg, jwk, encoded) => {
    const encryptedKey = rawRsa(jwk, encoded);
    const jwe = forgeJwe({ header: { alg, enc }, cek, encryptedKey });
    expect((await openJwe(openKey(jwk, { allowRsa15: true }), jwe)).plaintext).toEqual(forgedPlaintext);
  });

  test.each(wrongPaddings)('of %s with %s', async (...given) => {
    const [alg, jwk, , encoded] = given;
    const key = openKey(jwk, { allowRsa15: true });
    const encryptedKey = rawRsa(jwk, encoded);
    const header = { alg, enc };
    expect(await failureOf(key, forgeJwe({ header, cek, encryptedKey }))).toEqual(theFailure);
    // Decryption went on to the tag, with what was drawn.
    const ofRandomKey = forgeJwe({ header, cek: knownOctets(cekOctets), encryptedKey });
    expect((await openJwe(key, ofRandomKey, { randomness })).plaintext).toEqual(forgedPlaintext);
  });

  test.each([
    ['that is too short', Buffer.alloc(modulusOctets - 1, 1)],
    ['that is too long', Buffer.alloc(modulusOctets + 1, 1)],
    ['that is not below the modulus', Buffer.alloc(modulusOctets, 0xff)],
    ['of nothing', Buffer.alloc(0)],
  ])('is not looked at in an encrypted key %s', async (_what, encryptedKey) => {
    for (const jwk of [rsa15, oaep256]) {
      const key = openKey(jwk, { allowRsa15: true });
      const header = { alg: jwk.alg, enc };
      expect(await failureOf(key, forgeJwe({ header, cek, encryptedKey }))).toEqual(theFailure);
      const ofRandomKey = forgeJwe({ header, cek: knownOctets(cekOctets), encryptedKey });
      expect((await openJwe(key, ofRandomKey, { randomness })).plaintext).toEqual(forgedPlaintext);
    }
  });
});

describe('RSA1_5', () => {
  test('does not decrypt unless the JWK allows it, and never encrypts', async () => {
    const jwe = forgeJwe({ header: { alg: 'RSA1_5', enc }, cek, encryptedKey: rawRsa(rsa15, pkcs1(cek)) });
    expect(await failureOf(openKey(rsa15), jwe)).toEqual(theFailure);
    await expect(sealCompact(openKey(rsa15, { allowRsa15: true }), 'x')).rejects.toThrow(
      'Algorithm (RSA1_5) only decrypts! Use RSA-OAEP-256.',
    );
  });

  test('is not the way around the padding of an OAEP key', async () => {
    const jwe = forgeJwe({ header: { alg: 'RSA1_5', enc }, cek, encryptedKey: rawRsa(oaep256, pkcs1(cek)) });
    expect(await failureOf(openKey(oaep256, { allowRsa15: true }), jwe)).toEqual(theFailure);
  });
});

describe('a key that does not unwrap', () => {
  test.each([
    octJwk('A256KW', 32),
    octJwk('A128GCMKW', 16),
    curveJwk('ECDH-ES+A128KW', 'P-256'),
    curveJwk('ECDH-ES+A256KW', 'X448'),
    octJwk('PBES2-HS256+A128KW', 9),
  ])('with $alg is replaced by a random one up to the tag', async (jwk) => {
    const key = openKey(jwk);
    const jwe = await sealCompact(key, 'x', { enc });
    const header = headerOf(jwe);
    const encryptedKey = Buffer.from(jwe.split('.')[1] ?? '', 'base64url');
    for (const wrong of [
      changed(encryptedKey, 3, 1 ^ (encryptedKey[3] ?? 0)),
      encryptedKey.subarray(8),
      Buffer.alloc(0),
    ]) {
      const forged = { header, encryptedKey: wrong };
      expect(await failureOf(key, forgeJwe({ ...forged, cek }))).toEqual(theFailure);
      const ofRandomKey = forgeJwe({ ...forged, cek: knownOctets(cekOctets) });
      expect((await openJwe(key, ofRandomKey, { randomness })).plaintext).toEqual(forgedPlaintext);
    }
  });
});

describe('the padding of AES-CBC', () => {
  test('is not looked at before the tag', async () => {
    const key = openKey(octJwk(enc, cekOctets));
    const jwe = await sealCompact(key, 'sixteen octets!!sixteen octets!!');
    const [header = '', , iv = '', ciphertext = '', tag = ''] = jwe.split('.');
    const octets = Buffer.from(ciphertext, 'base64url');
    const seen = new Set<string>();
    for (let guess = 0; guess < 256; guess += 1) {
      const tampered = changed(octets, octets.length - 17, guess);
      if (tampered.equals(octets)) continue;
      const forged = [header, '', iv, tampered.toString('base64url'), tag].join('.');
      seen.add(JSON.stringify(await failureOf(key, forged)));
    }
    const otherTag = Buffer.from(tag, 'base64url').map((octet) => octet ^ 1);
    const withOtherTag = [header, '', iv, ciphertext, Buffer.from(otherTag).toString('base64url')].join('.');
    expect([...seen]).toEqual([JSON.stringify(await failureOf(key, withOtherTag))]);
    for (const cut of [octets.subarray(16), octets.subarray(1), Buffer.alloc(0)]) {
      expect(await failureOf(key, [header, '', iv, cut.toString('base64url'), tag].join('.'))).toEqual(
        theFailure,
      );
    }
  });

  test('and a tag of another length fail in the same way', async () => {
    for (const size of [enc, 'A256GCM'] as const) {
      const key = openKey(octJwk(size, cekOctets));
      const [header = '', , iv = '', ciphertext = '', tag = ''] = (await sealCompact(key, 'x')).split('.');
      const octets = Buffer.from(tag, 'base64url');
      for (const other of [
        octets.subarray(0, 12),
        octets.subarray(0, 4),
        Buffer.alloc(0),
        Buffer.concat([octets, octets]),
      ]) {
        const jwe = [header, '', iv, ciphertext, other.toString('base64url')].join('.');
        expect(await failureOf(key, jwe)).toEqual(theFailure);
      }
      const shortIv = Buffer.from(iv, 'base64url').subarray(1).toString('base64url');
      expect(await failureOf(key, [header, '', shortIv, ciphertext, tag].join('.'))).toEqual(theFailure);
    }
  });
});
