// Agreement with jose in both directions, in all that jose has: it lacks RSA1_5, ECDH-1PU, X448 and zip.

import * as jose from 'jose';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/jose/json.ts';
import { encNames } from '../../../src/operations/encryption/content-encryptions.ts';
import { keyManagementNames } from '../../../src/operations/encryption/key-management-algorithms.ts';
import { openJwe, openKey, sealCompact, sealJwe } from './support/open-jwe.ts';
import { curveJwk, octJwk, rsaJwk, sampleJwks } from './support/sample-jwks.ts';

const plaintext = Buffer.from('between two programs');
const algorithms = keyManagementNames.filter(
  (alg) => alg !== 'RSA1_5' && !alg.startsWith('ECDH-1PU') && !encNames.some((enc) => enc === alg),
);

async function joseKey(jwk: object, alg: string) {
  const key = await jose.importJWK(jwk as jose.JWK, alg);
  if (key instanceof Uint8Array || key.type !== 'private') return { publicKey: key, privateKey: key };
  const { d, p, q, dp, dq, qi, ...published } = jwk as Record<string, string>;
  return { publicKey: await jose.importJWK(published as jose.JWK, alg), privateKey: key };
}

describe.each(algorithms.map((alg) => ({ alg })))('$alg', ({ alg }) => {
  const jwks = sampleJwks(alg).filter((jwk) => !('crv' in jwk) || jwk.crv !== 'X448');

  test('is read by jose as keyplane writes it, and by keyplane as jose writes it', async () => {
    for (const jwk of jwks) {
      const key = openKey(jwk);
      const { publicKey, privateKey } = await joseKey(jwk, alg);
      for (const enc of key.encs) {
        const written = await sealCompact(key, plaintext, { enc });
        const read = await jose.compactDecrypt(written, privateKey, { keyManagementAlgorithms: [alg] });
        expect(Buffer.from(read.plaintext)).toEqual(plaintext);
        expect(read.protectedHeader).toMatchObject({ alg, enc, kid: jwk.kid });

        const header = { alg, enc, kid: jwk.kid ?? '' };
        const theirs = await new jose.CompactEncrypt(plaintext).setProtectedHeader(header).encrypt(publicKey);
        const opened = await openJwe(key, theirs);
        expect(opened.plaintext).toEqual(plaintext);
        expect(opened.header).toMatchObject(header);
      }
    }
  });
});

describe('the JSON serialisations', () => {
  const jwk = curveJwk('ECDH-ES+A128KW', 'P-256');
  const key = openKey(jwk);

  test('with additional data are read by jose, and those of jose by keyplane', async () => {
    const { publicKey, privateKey } = await joseKey(jwk, 'ECDH-ES+A128KW');
    const aad = Buffer.from('additional data');
    const party = { apu: 'QWxpY2U', apv: 'Qm9i', cty: 'text/plain' };
    const flattened = await sealJwe(key, plaintext, { serialization: 'FLATTENED', aad, ...party });
    const general = await sealJwe(key, plaintext, { serialization: 'GENERAL', aad });
    const readFlattened = await jose.flattenedDecrypt(flattened as unknown as jose.FlattenedJWE, privateKey);
    expect(readFlattened.protectedHeader).toMatchObject(party);
    expect(Buffer.from(readFlattened.additionalAuthenticatedData ?? [])).toEqual(aad);
    const readGeneral = await jose.generalDecrypt(general as unknown as jose.GeneralJWE, privateKey);
    expect(Buffer.from(readGeneral.plaintext)).toEqual(plaintext);

    const theirs = await new jose.FlattenedEncrypt(plaintext)
      .setProtectedHeader({ alg: 'ECDH-ES+A128KW', enc: 'A128CBC-HS256' })
      .setSharedUnprotectedHeader({ kid: jwk.kid ?? '' })
      .setUnprotectedHeader({ jku: 'https://attacker.example/keys' })
      .setAdditionalAuthenticatedData(aad)
      .setKeyManagementParameters({ apu: Buffer.from('Alice'), apv: Buffer.from('Bob') })
      .encrypt(publicKey);
    const opened = await openJwe(key, theirs as unknown as JsonObject);
    expect(opened.plaintext).toEqual(plaintext);
    expect(Object.keys(opened.header)).not.toContain('kid');
  });

  test('with several recipients are opened by each of them', async () => {
    const jwks = [rsaJwk('RSA-OAEP-256'), octJwk('A256KW', 32), curveJwk('ECDH-ES+A256KW', 'X25519')];
    const encrypt = new jose.GeneralEncrypt(plaintext).setProtectedHeader({ enc: 'A256GCM' });
    for (const one of jwks) {
      const { publicKey } = await joseKey(one, one.alg ?? '');
      encrypt.addRecipient(publicKey).setUnprotectedHeader({ alg: one.alg ?? '', kid: one.kid ?? '' });
    }
    const jwe = (await encrypt.encrypt()) as unknown as JsonObject;
    for (const one of jwks) {
      const opened = await openJwe(openKey(one), jwe);
      expect(opened.plaintext).toEqual(plaintext);
      expect(opened.kid).toBe(one.kid);
    }
    await expect(openJwe(openKey({ ...octJwk('A256KW', 32), kid: 'another' }), jwe)).rejects.toThrow(
      'Decryption failed!',
    );
  });
});
