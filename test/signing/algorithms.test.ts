// Vectors of the RFCs, and every algorithm with other programs as its peer.

import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as jose from 'jose';
import { expect, test } from 'vitest';
import { algorithmsFor } from '../../src/jose/algorithms.ts';
import { keyTypes } from '../../src/jose/key-types.ts';
import { akpPublicText } from '../../src/jose/soundness/soundness-akp.ts';
import { signJws } from '../../src/operations/sign-jws.ts';
import { signatureAlgorithm, signatureAlgorithmNames } from '../../src/operations/signature-algorithms.ts';
import { verifyJws } from '../../src/operations/verify-jws.ts';
import type { RawJwk } from '../jose/made-keys.ts';
import { activeKeys, keysOf, rawKeyFor, signerOf, verifierOf } from './keys.ts';

const now = { now: Date.now(), clockSkewMs: 0 };
const joeClaims =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const joeNow = { now: 1_300_819_000_000, clockSkewMs: 0 };

/** RFC 9964 appendix A.1, the signature of the key of the seed of 32 zero octets. */
const rfc9964 = readFileSync(new URL('./vectors/rfc9964-ml-dsa-44.jws', import.meta.url), 'utf8').trim();
const zeroSeed = Buffer.alloc(32);

const vectors: readonly { name: string; jwk: RawJwk; jws: string; deterministic?: boolean }[] = [
  {
    name: 'RFC 7515 A.1, HS256',
    jwk: {
      kty: 'oct',
      alg: 'HS256',
      k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    },
    jws: `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${joeClaims}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
  },
  {
    name: 'RFC 7515 A.2, RS256',
    jwk: {
      kty: 'RSA',
      alg: 'RS256',
      e: 'AQAB',
      n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
    },
    jws: `eyJhbGciOiJSUzI1NiJ9.${joeClaims}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`,
  },
  {
    name: 'RFC 7515 A.3, ES256',
    jwk: {
      kty: 'EC',
      alg: 'ES256',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
    jws: `eyJhbGciOiJFUzI1NiJ9.${joeClaims}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
  },
  {
    name: 'RFC 7515 A.4, ES512',
    jwk: {
      kty: 'EC',
      alg: 'ES512',
      crv: 'P-521',
      x: 'AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk',
      y: 'ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2',
    },
    jws: 'eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn',
  },
  {
    name: 'RFC 8037 A.5, Ed25519',
    jwk: {
      kty: 'OKP',
      alg: 'EdDSA',
      crv: 'Ed25519',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    },
    jws: 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
  },
];

test.for(vectors)('$name verifies, and not with a changed octet', async ({ jwk, jws }) => {
  const keys = await activeKeys(jwk);
  await expect(verifyJws(jws, keys, joeNow)).resolves.toMatchObject({ valid: true });
  const [header, , signature] = jws.split('.');
  const changed = `${header}.${Buffer.from('other').toString('base64url')}.${signature}`;
  await expect(verifyJws(changed, keys, joeNow)).resolves.toEqual({ valid: false, reason: 'SIGNATURE' });
});

test('the signature of RFC 9964 A.1, ML-DSA-44, verifies, and not with a changed octet', async () => {
  const jwk = {
    kty: 'AKP',
    alg: 'ML-DSA-44',
    kid: 'T4xl70S7MT6Zeq6r9V9fPJGVn76wfnXJ21-gyo0Gu6o',
    pub: akpPublicText('ML-DSA-44', zeroSeed),
  };
  const keys = await activeKeys(jwk);
  await expect(verifyJws(rfc9964, keys, now)).resolves.toMatchObject({ valid: true, kid: jwk.kid });
  const [header, payload, signature = ''] = rfc9964.split('.');
  const octets = Buffer.from(signature, 'base64url');
  octets.writeUInt8(octets.readUInt8(1_000) ^ 1, 1_000);
  const changed = `${header}.${payload}.${octets.toString('base64url')}`;
  await expect(verifyJws(changed, keys, now)).resolves.toEqual({ valid: false, reason: 'SIGNATURE' });
});

test('RFC 8037 A.4 is what this key signs', async () => {
  const signer = await signerOf({
    kty: 'OKP',
    alg: 'EdDSA',
    crv: 'Ed25519',
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  });
  expect(await signJws(signer, signer.headerOfPayload, 'Example of Ed25519 signing')).toBe(
    vectors.at(-1)?.jws,
  );
});

test('the unsecured JWS of RFC 7515 A.5 has no algorithm of any key', async () => {
  const keys = await activeKeys(rawKeyFor('HS256'), rawKeyFor('ES256'));
  const unsecured = `eyJhbGciOiJub25lIn0.${joeClaims}.`;
  expect(await verifyJws(unsecured, keys, joeNow)).toEqual({ valid: false, reason: 'ALGORITHM' });
});

test('every signature algorithm of the table of algorithms is implemented, and no other', () => {
  const listed = keyTypes.flatMap((keyType) => algorithmsFor({ keyType, useType: 'SIGNATURE' }));
  expect([...signatureAlgorithmNames].sort()).toEqual([...listed].sort());
  expect(signatureAlgorithm('none')).toBeUndefined();
  expect(signatureAlgorithm('constructor')).toBeUndefined();
});

const joseKnows = signatureAlgorithmNames.filter((name) => !['ES256K', 'Ed448'].includes(name));

test.for(joseKnows)('jose verifies what is signed with %s, and the other way round', async (alg) => {
  const raw = rawKeyFor(alg);
  const signer = await signerOf(raw);
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, priv: _priv, ...publicMembers } = raw;
  const jws = await signJws(signer, signer.headerOfJwt, JSON.stringify({ sub: 'ada' }));
  const verified = await jose.jwtVerify(jws, await jose.importJWK(publicMembers, alg), { algorithms: [alg] });
  expect(verified.protectedHeader).toEqual({ alg, kid: raw.kid, typ: 'JWT' });
  expect(verified.payload).toEqual({ sub: 'ada' });

  const theirs = await new jose.SignJWT({ sub: 'bob' })
    .setProtectedHeader({ alg, kid: raw.kid as string })
    .sign(await jose.importJWK(raw, alg));
  expect(await verifyJws(theirs, await activeKeys(raw), now)).toMatchObject({
    valid: true,
    kid: raw.kid,
    claimsText: '{"sub":"bob"}',
  });
});

test.for(['ES256K', 'Ed448', 'EdDSA'])('OpenSSL verifies what is signed with %s', async (alg) => {
  const raw = alg === 'EdDSA' ? { ...rawKeyFor('Ed448'), alg } : rawKeyFor(alg);
  const signer = await signerOf(raw);
  const jws = await signJws(signer, signer.headerOfPayload, 'octets');
  const [header, payload, signature] = jws.split('.');
  const { d: _, ...jwk } = raw;
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const octets = Buffer.from(signature ?? '', 'base64url');
  expect(
    verify(
      alg === 'ES256K' ? 'sha256' : null,
      Buffer.from(`${header}.${payload}`),
      { key, dsaEncoding: 'ieee-p1363' },
      octets,
    ),
  ).toBe(true);
  expect(await verifyJws(jws, await activeKeys(raw), now)).toMatchObject({ valid: true });
});

test.for(signatureAlgorithmNames)(
  'a %s signature that is cut, longer, empty or in DER is none',
  async (alg) => {
    const raw = rawKeyFor(alg);
    const signer = await signerOf(raw);
    const keys = await activeKeys(raw);
    const jws = await signJws(signer, signer.headerOfPayload, 'octets');
    const end = jws.lastIndexOf('.') + 1;
    const octets = Buffer.from(jws.slice(end), 'base64url');
    const half = octets.length / 2;
    const der = Buffer.concat([Buffer.from([0x30, octets.length + 4, 2, half]), octets.subarray(0, half)]);
    // The same two numbers, longer than RFC 7518 §3.4 has them.
    const zero = Buffer.alloc(1);
    const padded = Buffer.concat([zero, octets.subarray(0, half), zero, octets.subarray(half)]);
    const others = [octets.subarray(1), Buffer.concat([octets, octets]), Buffer.alloc(0), der, padded];
    for (const other of others) {
      const verdict = await verifyJws(jws.slice(0, end) + other.toString('base64url'), keys, now);
      expect(verdict).toEqual({ valid: false, reason: 'SIGNATURE' });
    }
  },
);

test('a public key is no secret of a MAC: the algorithm of a key is its own', async () => {
  const raw = rawKeyFor('RS256');
  const keys = await activeKeys(raw, rawKeyFor('HS256'));
  const pem = createPublicKey({ key: { kty: 'RSA', n: raw.n, e: raw.e } as never, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });
  const forged = await new jose.SignJWT({ sub: 'eve' })
    .setProtectedHeader({ alg: 'HS256', kid: 'k-RS256' })
    .sign(Buffer.from(pem));
  expect(await verifyJws(forged, keys, now)).toEqual({ valid: false, reason: 'ALGORITHM' });
});

test.for([
  ['EdDSA', 'Ed25519'],
  ['Ed25519', 'EdDSA'],
  ['Ed448', 'EdDSA'],
  ['ML-DSA-44', 'ML-DSA-65'],
])('a JWS with alg %s does not verify with a key of %s', async ([signedWith = '', alg = '']) => {
  const raw = rawKeyFor(signedWith);
  const signer = await signerOf(raw);
  const jws = await signJws(signer, signer.headerOfPayload, 'octets');
  expect(await verifyJws(jws, await activeKeys(raw), now)).toMatchObject({ valid: true });
  // The same key, as far as it can have the other name.
  const other = alg.startsWith('ML') ? { ...rawKeyFor(alg), kid: raw.kid ?? '' } : { ...raw, alg };
  const verdict = { valid: false, reason: 'ALGORITHM' };
  expect(await verifyJws(jws, await activeKeys(other), now)).toEqual(verdict);
  const beside = { ...rawKeyFor(signedWith), kid: 'another' };
  expect(await verifyJws(jws, await activeKeys(other, beside), now)).toEqual(verdict);
});

test('a key of another kid of the ring does not verify a token', async () => {
  const [one, other] = [rawKeyFor('ES256'), { ...rawKeyFor('ES256'), kid: 'other' }];
  const signer = await signerOf(one);
  const jws = await signJws(signer, signer.headerOfPayload, 'octets');
  const [, payload, signature] = jws.split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'other' })).toString('base64url');
  const keys = await activeKeys(one, other);
  expect(await verifyJws(`${header}.${payload}.${signature}`, keys, now)).toEqual({
    valid: false,
    reason: 'SIGNATURE',
  });
  expect(await verifyJws(jws, keysOf(), now)).toEqual({ valid: false, reason: 'ALGORITHM' });
  const key = await verifierOf(other);
  const onlyOther = keysOf({ kid: 'other', algorithmName: 'ES256', key, end: undefined, state: 'ACTIVE' });
  expect(await verifyJws(jws, onlyOther, now)).toEqual({ valid: false, reason: 'UNKNOWN_KEY' });
});
