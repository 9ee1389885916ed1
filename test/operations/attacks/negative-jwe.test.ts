// JWEs that are almost right: IVs and tags of other lengths, keys that were wrapped in another way, parameters out of bounds. Each is
// made with the right key, so that one lenient step would decrypt it.

import { createCipheriv, createHmac, generateKeyPairSync, pbkdf2Sync, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { concatKdf } from '../../../src/operations/encryption/families/concat-kdf.ts';
import { forgedPlaintext, forgeJwe } from '../encryption/support/forged-jwe.ts';
import { headerOf, openJwe, openKey, sealCompact } from '../encryption/support/open-jwe.ts';
import { curveJwk, octJwk } from '../encryption/support/sample-jwks.ts';

const failed = 'Decryption failed!';
const secretOf = (jwk: object) => Buffer.from('k' in jwk ? String(jwk.k) : '', 'base64url');
const text = (octets: Buffer) => octets.toString('base64url');

/** The parts of a compact JWE that can be decrypted, by name, and the JWE with others in their place. */
function parted(jwe: string) {
  const [header = '', encryptedKey = '', iv = '', ciphertext = '', tag = ''] = jwe.split('.');
  const parts = { header, encryptedKey, iv, ciphertext, tag };
  return {
    parts,
    withParts: (others: Partial<typeof parts>) => Object.values({ ...parts, ...others }).join('.'),
  };
}

const direct = (enc: string, octets: number) => {
  const jwk = octJwk('dir', octets);
  return { key: openKey(jwk), cek: secretOf(jwk), header: { alg: 'dir', enc } };
};

describe.each([
  ['A128GCM', 16],
  ['A192GCM', 24],
  ['A256GCM', 32],
] as const)('content encryption with %s', (enc, octets) => {
  const bits = (octets * 8) as 128 | 192 | 256;

  test('with an IV of another length is rejected, although its tag is right', async () => {
    const { key, cek, header } = direct(enc, octets);
    const protectedText = text(Buffer.from(JSON.stringify(header)));
    const withIv = (length: number) => {
      const iv = randomBytes(length);
      const cipher = createCipheriv(`aes-${bits}-gcm`, cek, iv).setAAD(Buffer.from(protectedText));
      const ciphertext = Buffer.concat([cipher.update(forgedPlaintext), cipher.final()]);
      return [protectedText, '', text(iv), text(ciphertext), text(cipher.getAuthTag())].join('.');
    };
    expect((await openJwe(key, withIv(12))).plaintext).toEqual(forgedPlaintext);
    for (const length of [1, 8, 11, 13, 16, 32]) {
      await expect(openJwe(key, withIv(length)), String(length)).rejects.toThrow(failed);
    }
  });

  test('with a tag that is truncated, longer or absent is rejected', async () => {
    const { key, cek, header } = direct(enc, octets);
    const { parts, withParts } = parted(forgeJwe({ header, cek }));
    const tag = Buffer.from(parts.tag, 'base64url');
    for (const length of [0, 1, 4, 8, 12, 13, 14, 15]) {
      const jwe = withParts({ tag: text(tag.subarray(0, length)) });
      await expect(openJwe(key, jwe), String(length)).rejects.toThrow(failed);
    }
    await expect(
      openJwe(key, withParts({ tag: text(Buffer.concat([tag, Buffer.alloc(1)])) })),
    ).rejects.toThrow(failed);
  });

  test('with one changed bit of any part is rejected', async () => {
    const { key, cek, header } = direct(enc, octets);
    const { parts, withParts } = parted(forgeJwe({ header, cek }));
    for (const name of ['iv', 'ciphertext', 'tag'] as const) {
      const changed = Buffer.from(parts[name], 'base64url');
      changed[0] = (changed[0] ?? 0) ^ 0x80;
      await expect(openJwe(key, withParts({ [name]: text(changed) })), name).rejects.toThrow(failed);
    }
    const renamed = text(Buffer.from(JSON.stringify({ ...header, cty: 'x' })));
    await expect(openJwe(key, withParts({ header: renamed }))).rejects.toThrow(failed);
  });
});

describe.each([
  ['A128CBC-HS256', 32, 'sha256'],
  ['A192CBC-HS384', 48, 'sha384'],
  ['A256CBC-HS512', 64, 'sha512'],
] as const)('content encryption with %s', (enc, octets, digest) => {
  const half = octets / 2;

  /** With any IV, padding and length of the tag. */
  function forge(
    cek: Buffer,
    header: object,
    {
      iv = randomBytes(16),
      padding = true,
      tagOctets = half,
    }: { iv?: Buffer; padding?: boolean; tagOctets?: number },
  ): string {
    const protectedText = text(Buffer.from(JSON.stringify(header)));
    const cipher = createCipheriv(`aes-${half * 8}-cbc`, cek.subarray(half), iv.subarray(0, 16));
    if (!padding) cipher.setAutoPadding(false);
    const plaintext = padding ? forgedPlaintext : Buffer.alloc(32, 0x61);
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const aadBits = Buffer.alloc(8);
    aadBits.writeBigUInt64BE(BigInt(protectedText.length) * 8n);
    const mac = createHmac(digest, cek.subarray(0, half));
    const tag = mac.update(protectedText).update(iv).update(ciphertext).update(aadBits).digest();
    return [protectedText, '', text(iv), text(ciphertext), text(tag.subarray(0, tagOctets))].join('.');
  }

  test('with a tag that is truncated, the whole MAC or absent is rejected', async () => {
    const { key, cek, header } = direct(enc, octets);
    expect((await openJwe(key, forge(cek, header, {}))).plaintext).toEqual(forgedPlaintext);
    for (const tagOctets of [0, 1, 8, half - 1, half + 1, octets]) {
      await expect(openJwe(key, forge(cek, header, { tagOctets })), String(tagOctets)).rejects.toThrow(
        failed,
      );
    }
  });

  test('with an IV of another length is rejected', async () => {
    const { key, cek, header } = direct(enc, octets);
    const { withParts } = parted(forge(cek, header, {}));
    for (const length of [0, 8, 12, 15]) {
      await expect(openJwe(key, withParts({ iv: text(randomBytes(length)) }))).rejects.toThrow(failed);
    }
    // Its tag is right, and its first 16 octets are the IV.
    await expect(openJwe(key, forge(cek, header, { iv: randomBytes(17) }))).rejects.toThrow(failed);
  });

  test('without padding fails like everything else, although its tag is right', async () => {
    const { key, cek, header } = direct(enc, octets);
    await expect(openJwe(key, forge(cek, header, { padding: false }))).rejects.toThrow(failed);
  });
});

describe.each([
  ['A128KW', 128],
  ['A192KW', 192],
  ['A256KW', 256],
] as const)('a key that is wrapped with %s', (alg, bits) => {
  const jwk = octJwk(alg, bits / 8);
  const key = openKey(jwk);
  const wrapped = (cek: Buffer, initialValue: Buffer) => {
    const cipher = createCipheriv(`id-aes${bits}-wrap`, secretOf(jwk), initialValue);
    return Buffer.concat([cipher.update(cek), cipher.final()]);
  };
  const standard = Buffer.alloc(8, 0xa6);
  const header = { alg, enc: 'A256GCM' };

  test('with another initial value is rejected', async () => {
    const cek = randomBytes(32);
    const jwe = (initialValue: Buffer) => forgeJwe({ header, cek, encryptedKey: wrapped(cek, initialValue) });
    expect((await openJwe(key, jwe(standard))).plaintext).toEqual(forgedPlaintext);
    // That of RFC 5649, for a key of 32 octets, and others.
    for (const other of ['a65959a600000020', '0000000000000000', 'a6a6a6a6a6a6a6a7']) {
      await expect(openJwe(key, jwe(Buffer.from(other, 'hex'))), other).rejects.toThrow(failed);
    }
  });

  test('and then changed is rejected, and is not taken for a key of zeros', async () => {
    const changed = wrapped(randomBytes(32), standard);
    changed[20] = (changed[20] ?? 0) ^ 1;
    for (const encryptedKey of [changed, Buffer.alloc(40), Buffer.alloc(0)]) {
      const jwe = forgeJwe({ header, cek: Buffer.alloc(32), encryptedKey });
      await expect(openJwe(key, jwe)).rejects.toThrow(failed);
    }
  });

  test('for content encryption of another size is rejected', async () => {
    for (const octets of [16, 24, 40]) {
      const encryptedKey = wrapped(randomBytes(octets), standard);
      await expect(openJwe(key, forgeJwe({ header, cek: randomBytes(32), encryptedKey }))).rejects.toThrow(
        failed,
      );
    }
  });
});

test.each(['A128GCMKW', 'A192GCMKW', 'A256GCMKW'])(
  'a key that is wrapped with %s and an IV or a tag of another length is rejected',
  async (alg) => {
    const bits = Number(alg.slice(1, 4)) as 128 | 192 | 256;
    const jwk = octJwk(alg, bits / 8);
    const key = openKey(jwk);
    const cek = randomBytes(32);
    const jwe = (ivOctets: number, tagOctets: number) => {
      const iv = randomBytes(ivOctets);
      const cipher = createCipheriv(`aes-${bits}-gcm`, secretOf(jwk), iv);
      const encryptedKey = Buffer.concat([cipher.update(cek), cipher.final()]);
      const tag = cipher.getAuthTag().subarray(0, tagOctets);
      return forgeJwe({ header: { alg, enc: 'A256GCM', iv: text(iv), tag: text(tag) }, cek, encryptedKey });
    };
    expect((await openJwe(key, jwe(12, 16))).plaintext).toEqual(forgedPlaintext);
    for (const [iv, tag] of [
      [8, 16],
      [16, 16],
      [12, 12],
      [12, 4],
      [12, 0],
    ] as const) {
      await expect(openJwe(key, jwe(iv, tag)), `${iv} ${tag}`).rejects.toThrow(failed);
    }
  },
);

describe('PBES2', () => {
  const alg = 'PBES2-HS256+A128KW';
  const jwk = octJwk(alg, 11);
  const key = openKey(jwk);

  function forged(p2s: Buffer, p2c: unknown): string {
    const salt = Buffer.concat([Buffer.from(alg), Buffer.of(0), p2s]);
    const count = Math.max(1, Math.trunc(Number(p2c)) || 1);
    const wrapping = pbkdf2Sync(secretOf(jwk), salt, count, 16, 'sha256');
    const cek = randomBytes(32);
    const cipher = createCipheriv('id-aes128-wrap', wrapping, Buffer.alloc(8, 0xa6));
    const encryptedKey = Buffer.concat([cipher.update(cek), cipher.final()]);
    return forgeJwe({ header: { alg, enc: 'A256GCM', p2s: text(p2s), p2c }, cek, encryptedKey });
  }

  test('with more iterations than 100,000 is rejected, although the password is right', async () => {
    const salt = randomBytes(16);
    expect((await openJwe(key, forged(salt, 100_000))).plaintext).toEqual(forgedPlaintext);
    await expect(openJwe(key, forged(salt, 100_001))).rejects.toThrow(failed);
  });

  test.each([[0], [-1], [1.5], ['1000'], [null], [true], [[1000]], [2 ** 53], [1e300]])(
    'with %j iterations is rejected',
    async (p2c) => {
      const count = typeof p2c === 'number' && p2c > 1e6 ? 1 : p2c;
      const { parts, withParts } = parted(forged(randomBytes(16), count));
      const header = JSON.parse(Buffer.from(parts.header, 'base64url').toString());
      const jwe = withParts({ header: text(Buffer.from(JSON.stringify({ ...header, p2c }))) });
      await expect(openJwe(key, count === p2c ? forged(randomBytes(16), p2c) : jwe)).rejects.toThrow(failed);
    },
  );

  test('with a salt of fewer than 8 octets is rejected, although the password is right', async () => {
    expect((await openJwe(key, forged(randomBytes(8), 1000))).plaintext).toEqual(forgedPlaintext);
    for (const octets of [0, 1, 7]) {
      await expect(openJwe(key, forged(randomBytes(octets), 1000))).rejects.toThrow(failed);
    }
  });
});

describe('key agreement', () => {
  const enc = 'A256GCM';
  const forgedFor = (secret: Buffer, epk: object) =>
    forgeJwe({
      header: { alg: 'ECDH-ES', enc, epk },
      cek: concatKdf(secret, { algorithmId: enc, apu: undefined, apv: undefined, octets: 32 }),
    });

  test('with an ephemeral key off the curve, or of another curve, is rejected', async () => {
    const key = openKey(curveJwk('ECDH-ES', 'P-256'));
    const ephemeral = (namedCurve: string) =>
      generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' });
    const { kty, crv, x = '', y = '' } = ephemeral('P-256');
    const off = Buffer.from(y, 'base64url');
    off[31] = (off[31] ?? 0) ^ 1;
    for (const epk of [{ kty, crv, x, y: text(off) }, ephemeral('P-384'), ephemeral('secp256k1')]) {
      await expect(openJwe(key, forgedFor(Buffer.alloc(32), epk))).rejects.toThrow(failed);
    }
  });

  test.each(['X25519', 'X448'] as const)('whose output on %s is all zeros is rejected', async (crv) => {
    const key = openKey(curveJwk('ECDH-ES', crv));
    const zeros = Buffer.alloc(crv === 'X25519' ? 32 : 56);
    const epk = { kty: 'OKP', crv, x: text(zeros) };
    await expect(openJwe(key, forgedFor(zeros, epk))).rejects.toThrow(failed);
  });

  test('with other party information is rejected', async () => {
    const key = openKey(curveJwk('ECDH-ES+A128KW', 'P-256'));
    const jwe = await sealCompact(key, 'x', { apu: 'QWxpY2U', apv: 'Qm9i' });
    expect((await openJwe(key, jwe)).plaintext.toString()).toBe('x');
    const { withParts } = parted(jwe);
    for (const other of [{ apu: 'Qm9i' }, { apv: 'QWxpY2U' }, { apu: undefined }, { apv: '=' }]) {
      const header = text(Buffer.from(JSON.stringify({ ...headerOf(jwe), ...other })));
      await expect(openJwe(key, withParts({ header }))).rejects.toThrow(failed);
    }
  });
});
