// Short JWEs that would take long to decrypt, or much memory: passwords with a count of iterations that the sender chose
// (CVE-2023-50966), and compressed plaintexts.

import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { forgeJwe } from '../encryption/support/forged-jwe.ts';
import { headerOf, openJwe, openKey, sealCompact, withHeader } from '../encryption/support/open-jwe.ts';
import { octJwk } from '../encryption/support/sample-jwks.ts';

describe('a password', () => {
  const jwk = octJwk('PBES2-HS256+A128KW', 16);

  test('is derived with up to 100,000 iterations, and with as many as the JWK allows', async () => {
    const most = await sealCompact(openKey(jwk, { iterationCount: 100_000 }), 'most');
    expect((await openJwe(openKey(jwk), most)).plaintext.toString()).toBe('most');
    const more = await sealCompact(
      openKey(jwk, { iterationCount: 100_001, maxIterationCount: 100_001 }),
      'more',
    );
    expect(headerOf(more).p2c).toBe(100_001);
    await expect(openJwe(openKey(jwk), more)).rejects.toThrow('Decryption failed!');
    expect((await openJwe(openKey(jwk, { maxIterationCount: 100_001 }), more)).plaintext.toString()).toBe(
      'more',
    );
    await expect(openJwe(openKey(jwk, { maxIterationCount: 99_999 }), most)).rejects.toThrow(
      'Decryption failed!',
    );
  });

  test('encrypts with its own count, 10,000 by default, and never with more than it opens', async () => {
    const countOf = async (allowances?: Parameters<typeof openKey>[1]) =>
      headerOf(await sealCompact(openKey(jwk, allowances), 'x')).p2c;
    expect(await countOf()).toBe(10_000);
    expect(await countOf({ iterationCount: 1_000 })).toBe(1_000);
    expect(await countOf({ iterationCount: 5_000, maxIterationCount: 2_000 })).toBe(2_000);
    expect(await countOf({ maxIterationCount: 50_000 })).toBe(10_000);
    const { p2s } = headerOf(await sealCompact(openKey(jwk, { saltOctets: 8 }), 'x'));
    expect(Buffer.from(String(p2s), 'base64url')).toHaveLength(8);
  });

  test('is not derived where the count or the salt is none', async () => {
    const key = openKey(jwk);
    const jwe = await sealCompact(key, 'x');
    const header = headerOf(jwe);
    for (const p2c of [
      0,
      -1,
      1.5,
      2 ** 31,
      Number.MAX_SAFE_INTEGER,
      1e300,
      '10000',
      null,
      true,
      [10_000],
      undefined,
    ]) {
      await expect(openJwe(key, withHeader(jwe, { ...header, p2c }))).rejects.toThrow('Decryption failed!');
    }
    const long = Buffer.alloc(1025).toString('base64url');
    for (const p2s of ['', 'AAAA', `${header.p2s}=`, long, 7, undefined]) {
      await expect(openJwe(key, withHeader(jwe, { ...header, p2s }))).rejects.toThrow('Decryption failed!');
    }
    const shortSalt = await sealCompact(openKey(jwk, { saltOctets: 7 }), 'x');
    await expect(openJwe(key, shortSalt)).rejects.toThrow('Decryption failed!');
  });
});

describe('a compressed plaintext', () => {
  const jwk = octJwk('A256GCM', 32);
  const cek = Buffer.from('k' in jwk ? String(jwk.k) : '', 'base64url');
  const allowed = openKey(jwk, { allowCompressed: true });
  const most = 256 * 1024;
  const header = { alg: 'dir', enc: 'A256GCM', zip: 'DEF' };

  function compressed(plaintext: Buffer, changes: object = {}): string {
    return forgeJwe({ header: { ...header, ...changes }, cek, plaintext: deflateRawSync(plaintext) });
  }

  test('is opened up to 256 KiB, where the JWK allows it', async () => {
    const { plaintext } = await openJwe(allowed, compressed(Buffer.alloc(most, 'a')));
    expect(plaintext.equals(Buffer.alloc(most, 'a'))).toBe(true);
    await expect(openJwe(allowed, compressed(Buffer.alloc(most + 1)))).rejects.toThrow('Decryption failed!');
    await expect(openJwe(openKey(jwk), compressed(Buffer.from('short')))).rejects.toThrow(
      'Decryption failed!',
    );
  });

  test('of 100 MB fails without the memory for it', async () => {
    // In 100 KB.
    const bomb = compressed(Buffer.alloc(100 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    await expect(openJwe(allowed, bomb)).rejects.toThrow('Decryption failed!');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });

  test('is opened in the one format, which is in the protected header', async () => {
    for (const zip of ['GZIP', 'def', '', true, null, 1]) {
      await expect(openJwe(allowed, compressed(Buffer.from('x'), { zip }))).rejects.toThrow(
        'Decryption failed!',
      );
    }
    const notCompressed = forgeJwe({ header, cek, plaintext: Buffer.from('not compressed') });
    await expect(openJwe(allowed, notCompressed)).rejects.toThrow('Decryption failed!');
    const [protectedText, , iv, ciphertext, tag] = forgeJwe({
      header: { alg: 'dir', enc: 'A256GCM' },
      cek,
      plaintext: deflateRawSync(Buffer.from('x')),
    }).split('.');
    const members = {
      protected: protectedText ?? '',
      iv: iv ?? '',
      ciphertext: ciphertext ?? '',
      tag: tag ?? '',
    };
    expect((await openJwe(allowed, members)).plaintext).toEqual(deflateRawSync(Buffer.from('x')));
    for (const outside of [{ header: { zip: 'DEF' } }, { unprotected: { zip: 'DEF' } }]) {
      await expect(openJwe(allowed, { ...members, ...outside })).rejects.toThrow('Decryption failed!');
    }
  });
});
