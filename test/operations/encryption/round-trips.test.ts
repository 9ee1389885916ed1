// Every algorithm with every content encryption, with each kind of key.

import { describe, expect, test } from 'vitest';
import { useTypeOfAlgorithm } from '../../../src/jose/algorithms.ts';
import { encNames } from '../../../src/operations/encryption/content-encryptions.ts';
import { keyManagementNames } from '../../../src/operations/encryption/key-management-algorithms.ts';
import { signatureAlgorithmNames } from '../../../src/operations/signature-algorithms.ts';
import { headerOf, openJwe, openKey, sealJwe } from './support/open-jwe.ts';
import { sampleJwks } from './support/sample-jwks.ts';

const plaintext = Buffer.from('Käse, größer als ein Block von 16 Oktetten');

describe('the table of key management', () => {
  test('has the encryption algorithms of the table of algorithms, and no others', () => {
    expect(keyManagementNames.every((name) => useTypeOfAlgorithm(name) === 'ENCRYPTION')).toBe(true);
    expect(signatureAlgorithmNames.some((name) => keyManagementNames.includes(name))).toBe(false);
    const jwk = { kty: 'oct', k: 'AAAA' };
    for (const alg of ['none', 'HS256', 'constructor', '__proto__', '']) {
      expect(() => openKey({ ...jwk, alg })).toThrow('not a key for encryption');
    }
    expect(() => openKey(jwk)).toThrow('not a key for encryption');
  });
});

const encrypting = keyManagementNames.filter((alg) => alg !== 'RSA1_5');

describe.each(encrypting.map((alg) => ({ alg })))('$alg', ({ alg }) => {
  test('decrypts what it encrypted, in each serialisation', async () => {
    for (const jwk of sampleJwks(alg)) {
      const key = openKey(jwk);
      const sender = key.needsSender ? openKey({ ...jwk, kid: 'me' }).agreement : undefined;
      for (const enc of key.encs) {
        const aad = Buffer.from('aad');
        const jwes = [
          await sealJwe(key, plaintext, { enc, sender }),
          await sealJwe(key, plaintext, { enc, sender, serialization: 'FLATTENED', aad }),
          await sealJwe(key, '', { enc, sender, serialization: 'GENERAL' }),
        ];
        const opened = await Promise.all(jwes.map((jwe) => openJwe(key, jwe, { sender })));
        expect(opened.map((one) => one.plaintext.toString())).toEqual([`${plaintext}`, `${plaintext}`, '']);
        expect(opened[0]?.header).toMatchObject({ alg: key.alg, enc, kid: jwk.kid });
        expect(opened[0]?.header).toEqual(headerOf(jwes[0] ?? ''));
        expect(opened[0]?.kid).toBe(jwk.kid);
      }
    }
  });

  test('draws a key or an IV for each JWE', async () => {
    const [jwk] = sampleJwks(alg);
    const key = openKey(jwk ?? {});
    const sender = key.needsSender ? key.agreement : undefined;
    const [one, other] = [
      await sealJwe(key, plaintext, { sender }),
      await sealJwe(key, plaintext, { sender }),
    ];
    expect(one).not.toBe(other);
  });
});

describe('a key without its private part', () => {
  test.each(['RSA-OAEP-256', 'ECDH-ES'])('for %s encrypts and does not decrypt', async (alg) => {
    const [jwk] = sampleJwks(alg);
    const { d, p, q, dp, dq, qi, ...published } = jwk as unknown as Record<string, string>;
    const key = openKey(published);
    const jwe = await sealJwe(key, plaintext);
    await expect(openJwe(key, jwe)).rejects.toThrow('Decryption failed!');
    expect((await openJwe(openKey(jwk ?? {}), jwe)).plaintext).toEqual(plaintext);
  });
});

describe('the content encryption', () => {
  test('of dir is the one of the size of the key', () => {
    const defaults = sampleJwks('dir').map((jwk) => openKey(jwk).encs[0]);
    expect(defaults).toEqual(['A128GCM', 'A192GCM', 'A256GCM', 'A192CBC-HS384', 'A256CBC-HS512']);
  });

  test('of a key that names it is that one alone', () => {
    for (const enc of encNames) {
      const [jwk] = sampleJwks(enc);
      const key = openKey(jwk ?? {});
      expect(key).toMatchObject({ alg: 'dir', algorithmName: enc, encs: [enc] });
    }
  });

  test('of ECDH-1PU with key wrapping commits to the key', () => {
    const [wrapping] = sampleJwks('ECDH-1PU+A192KW');
    expect(openKey(wrapping ?? {}).encs).toEqual(['A256CBC-HS512', 'A192CBC-HS384', 'A128CBC-HS256']);
    const [direct] = sampleJwks('ECDH-1PU');
    expect(openKey(direct ?? {}).encs[0]).toBe('A256GCM');
  });
});

describe('the thread pool', () => {
  test('takes RSA, passwords and the curves without fast arithmetic', () => {
    const inPool = keyManagementNames.flatMap((alg) =>
      sampleJwks(alg)
        .filter((jwk) => openKey(jwk).runsInPool)
        .map((jwk) => ('crv' in jwk ? jwk.crv : alg)),
    );
    expect(new Set(inPool)).toEqual(
      new Set([
        'RSA1_5',
        'RSA-OAEP',
        'RSA-OAEP-256',
        'RSA-OAEP-384',
        'RSA-OAEP-512',
        'P-384',
        'P-521',
        'PBES2-HS256+A128KW',
        'PBES2-HS384+A192KW',
        'PBES2-HS512+A256KW',
      ]),
    );
    const onePerCaller = keyManagementNames.filter((alg) => openKey(sampleJwks(alg)[0] ?? {}).onePerCaller);
    expect(onePerCaller).toEqual(['PBES2-HS256+A128KW', 'PBES2-HS384+A192KW', 'PBES2-HS512+A256KW']);
  });
});

describe('ECDH-1PU', () => {
  const [jwk] = sampleJwks('ECDH-1PU+A256KW');
  const key = openKey(jwk ?? {});
  const [aliceJwk, malloryJwk] = [sampleJwks('ECDH-1PU+A256KW')[0], sampleJwks('ECDH-1PU+A256KW')[0]];
  const alice = openKey({ ...aliceJwk, kid: 'alice' }).agreement;
  const mallory = openKey({ ...malloryJwk, kid: 'alice' }).agreement;

  test('names the sender in skid, and opens for that sender alone', async () => {
    const jwe = await sealJwe(key, plaintext, { sender: alice });
    expect(headerOf(jwe)).toMatchObject({ skid: 'alice', kid: key.kid });
    expect((await openJwe(key, jwe, { sender: alice })).plaintext).toEqual(plaintext);
    await expect(openJwe(key, jwe, { sender: mallory })).rejects.toThrow('Decryption failed!');
    await expect(openJwe(key, jwe)).rejects.toThrow('Decryption failed!');
    const renamed = alice && { ...alice, kid: 'another' };
    await expect(openJwe(key, jwe, { sender: renamed })).rejects.toThrow('Decryption failed!');
  });

  test('is the only algorithm that opens for a named sender', async () => {
    const [other] = sampleJwks('ECDH-ES');
    const unauthenticated = openKey(other ?? {});
    const jwe = await sealJwe(unauthenticated, plaintext);
    await expect(openJwe(unauthenticated, jwe, { sender: alice })).rejects.toThrow('Decryption failed!');
  });
});
