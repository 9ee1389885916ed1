// JWS beyond the compact serialisation: vectors of the RFCs, and jose as peer in both directions.

import * as jose from 'jose';
import { expect, test, vi } from 'vitest';
import type { JsonObject } from '../../src/jose/json.ts';
import { type JwsForm, type Serialization, serializations } from '../../src/operations/jws-form.ts';
import { payloadHeader, signJwsJson } from '../../src/operations/sign-jws.ts';
import { type VerificationKeys, verifyJws } from '../../src/operations/verify-jws.ts';
import { publicHalf, type RawJwk } from '../jose/made-keys.ts';
import { activeKeys, rawKeyFor, signerOf } from './keys.ts';

const expectations = { now: 1_300_819_000_000, clockSkewMs: 0 };

// RFC 7515 A.2 and A.3, of which A.6 and A.7 are made.
const joePayload =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const joeRsa: RawJwk = {
  kty: 'RSA',
  kid: '2010-12-29',
  alg: 'RS256',
  e: 'AQAB',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
};
const joeEc: RawJwk = {
  kty: 'EC',
  kid: 'e9bc097a-ce51-4036-9562-d2ade882db0d',
  alg: 'ES256',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
const joeRsaSignature = {
  protected: 'eyJhbGciOiJSUzI1NiJ9',
  header: { kid: '2010-12-29' },
  signature:
    'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw',
};
const joeEcSignature = {
  protected: 'eyJhbGciOiJFUzI1NiJ9',
  header: { kid: 'e9bc097a-ce51-4036-9562-d2ade882db0d' },
  signature: 'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
};

// RFC 7520 §3 and §4.
const bilbo = 'bilbo.baggins@hobbiton.example';
const bilboRsa: RawJwk = {
  kty: 'RSA',
  kid: bilbo,
  n: 'n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw',
  e: 'AQAB',
};
const bilboEc: RawJwk = {
  kty: 'EC',
  kid: bilbo,
  alg: 'ES512',
  crv: 'P-521',
  x: 'AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt',
  y: 'AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1',
};
const secret: RawJwk = {
  kty: 'oct',
  kid: '018c0ae5-4d9b-471b-bfd6-eef314bc7037',
  alg: 'HS256',
  k: 'hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg',
};
const frodo =
  "It’s a dangerous business, Frodo, going out your door. You step onto the road, and if you don't keep your feet, there’s no knowing where you might be swept off to.";
const frodoPayload = Buffer.from(frodo).toString('base64url');
const secretProtected = 'eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9';
const secretSignature = 's0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0';
const allThree = [
  {
    protected: 'eyJhbGciOiJSUzI1NiJ9',
    header: { kid: bilbo },
    signature:
      'MIsjqtVlOpa71KE-Mss8_Nq2YH4FGhiocsqrgi5NvyG53uoimic1tcMdSg-qptrzZc7CG6Svw2Y13TDIqHzTUrL_lR2ZFcryNFiHkSw129EghGpwkpxaTn_THJTCglNbADko1MZBCdwzJxwqZc-1RlpO2HibUYyXSwO97BSe0_evZKdjvvKSgsIqjytKSeAMbhMBdMma622_BG5t4sdbuCHtFjp9iJmkio47AIwqkZV1aIZsv33uPUqBBCXbYoQJwt7mxPftHmNlGoOSMxR_3thmXTCm4US-xiNOyhbm8afKK64jU6_TPtQHiJeQJxz9G3Tx-083B745_AfYOnlC9w',
  },
  {
    header: { alg: 'ES512', kid: bilbo },
    signature:
      'ARcVLnaJJaUWG8fG-8t5BREVAuTY8n8YHjwDO1muhcdCoFZFFjfISu0Cdkn9Ybdlmi54ho0x924DUz8sK7ZXkhc7AFM8ObLfTvNCrqcI3Jkl2U5IX3utNhODH6v7xgy1Qahsn0fyb4zSAkje8bAWz4vIfj5pCMYxxm4fgV3q7ZYhm5eD',
  },
  { protected: secretProtected, signature: secretSignature },
];

interface Vector {
  readonly name: string;
  readonly jwk: RawJwk;
  readonly jws: string | JsonObject;
  readonly detached?: string;
  /** It has the kid in its header. */
  readonly header?: JsonObject;
}

const withoutKid = ({ kid: _kid, ...jwk }: RawJwk): RawJwk => jwk as RawJwk;
const a1Secret: RawJwk = {
  kty: 'oct',
  alg: 'HS256',
  k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
};
const unencodedProtected = 'eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19';
const unencodedSignature = 'A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY';

const vectors: readonly Vector[] = [
  ...[joeRsa, joeEc].map((jwk) => ({
    name: `RFC 7515 A.6, the ${jwk.alg} signature of both`,
    jwk,
    jws: { payload: joePayload, signatures: [joeRsaSignature, joeEcSignature] },
  })),
  { name: 'RFC 7515 A.7', jwk: joeEc, jws: { payload: joePayload, ...joeEcSignature } },
  {
    name: 'RFC 7797 §4.1',
    jwk: withoutKid(a1Secret),
    jws: {
      protected: 'eyJhbGciOiJIUzI1NiJ9',
      payload: 'JC4wMg',
      signature: '5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ',
    },
  },
  {
    name: 'RFC 7797 §4.2, in JSON',
    jwk: a1Secret,
    jws: { protected: unencodedProtected, payload: '$.02', signature: unencodedSignature },
  },
  {
    name: 'RFC 7797 §4.2, compact',
    jwk: a1Secret,
    jws: `${unencodedProtected}..${unencodedSignature}`,
    detached: '$.02',
  },
  {
    name: 'RFC 7520 §4.1',
    jwk: { ...bilboRsa, alg: 'RS256' },
    jws: `eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.${frodoPayload}.MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg`,
  },
  {
    name: 'RFC 7520 §4.2',
    jwk: { ...bilboRsa, alg: 'PS384' },
    jws: {
      payload: frodoPayload,
      protected: 'eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9',
      signature:
        'cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw',
    },
  },
  {
    name: 'RFC 7520 §4.3',
    jwk: bilboEc,
    jws: `eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.${frodoPayload}.AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2`,
  },
  { name: 'RFC 7520 §4.4', jwk: secret, jws: `${secretProtected}.${frodoPayload}.${secretSignature}` },
  { name: 'RFC 7520 §4.5', jwk: secret, jws: `${secretProtected}..${secretSignature}`, detached: frodo },
  {
    name: 'RFC 7520 §4.5, general',
    jwk: secret,
    jws: { signatures: [{ protected: secretProtected, signature: secretSignature }] },
    detached: frodo,
  },
  {
    name: 'RFC 7520 §4.6',
    jwk: secret,
    jws: {
      payload: frodoPayload,
      protected: 'eyJhbGciOiJIUzI1NiJ9',
      header: { kid: '018c0ae5-4d9b-471b-bfd6-eef314bc7037' },
      signature: 'bWUSVaxorn7bEF1djytBd0kHv70Ly5pvbomzMWSOr20',
    },
  },
  {
    name: 'RFC 7520 §4.7',
    jwk: secret,
    jws: {
      payload: frodoPayload,
      header: { alg: 'HS256', kid: '018c0ae5-4d9b-471b-bfd6-eef314bc7037' },
      signature: 'xuLifqLGiblpv9zBpuZczWhNj1gARaLV3UxvxhJxZuk',
    },
  },
  ...[{ ...bilboRsa, alg: 'RS256' }, bilboEc, secret].map((jwk) => ({
    name: `RFC 7520 §4.8, the ${jwk.alg} signature of three`,
    jwk,
    jws: { payload: frodoPayload, signatures: allThree },
  })),
];

test.for(vectors)('$name verifies, and not with another payload', async ({ jwk, jws, detached }) => {
  const keys = await activeKeys(jwk);
  const given = (text: string | undefined) => ({
    ...expectations,
    detached: text === undefined ? undefined : Buffer.from(text),
  });
  expect(await verifyJws(jws, keys, given(detached))).toMatchObject({ valid: true, kid: jwk.kid });
  const other = Buffer.from('another').toString('base64url');
  const changed =
    typeof jws === 'string' ? jws.replace(/\.[\w-]+\./, `.${other}.`) : { ...jws, payload: other };
  const verdict =
    detached === undefined
      ? await verifyJws(changed, keys, given(undefined))
      : await verifyJws(jws, keys, given('another'));
  expect(verdict).toMatchObject({ valid: false, reason: 'SIGNATURE' });
});

test('what is not protected is shown apart from the header', async () => {
  const jws = { payload: joePayload, signatures: [joeRsaSignature, joeEcSignature] };
  expect(await verifyJws(jws, await activeKeys(joeEc), expectations)).toMatchObject({
    header: { alg: 'ES256' },
    unprotectedHeader: { kid: joeEc.kid },
  });
});

const forms: readonly JwsForm[] = serializations.flatMap((serialization: Serialization) => [
  { serialization, isDetached: false, isEncoded: true },
  { serialization, isDetached: true, isEncoded: true },
  { serialization, isDetached: true, isEncoded: false },
]);
const shapeOf = ({ serialization, isDetached, isEncoded }: JwsForm) =>
  [serialization, isDetached ? 'detached' : '', isEncoded ? '' : 'unencoded'].filter(Boolean).join(' ');

async function joseVerify(jws: string | JsonObject, raw: RawJwk, payload: Buffer): Promise<Buffer> {
  const key = await jose.importJWK(raw.kty === 'oct' ? raw : publicHalf(raw), raw.alg);
  if (typeof jws !== 'string' && 'signatures' in jws) {
    const whole = { ...jws, payload: jws.payload ?? payload } as unknown as jose.GeneralJWSInput;
    return Buffer.from((await jose.generalVerify(whole, key)).payload);
  }
  const [header = '', content, signature = ''] = typeof jws === 'string' ? jws.split('.') : [];
  const flattened = (
    typeof jws === 'string' ? { protected: header, payload: content || undefined, signature } : jws
  ) as JsonObject;
  const isUnencoded = Buffer.from(String(flattened.protected), 'base64url').includes('"b64":false');
  const detached = isUnencoded ? payload : payload.toString('base64url');
  const whole = { ...flattened, payload: flattened.payload ?? detached } as unknown as jose.FlattenedJWSInput;
  return Buffer.from((await jose.flattenedVerify(whole, key)).payload);
}

test.for(
  ['ES256', 'RS256', 'Ed25519', 'HS512'].flatMap((alg) =>
    forms.map((form) => ({ alg, form, shape: shapeOf(form) })),
  ),
)('jose verifies what $alg signs as $shape', async ({ alg, form }) => {
  const raw = rawKeyFor(alg);
  const signer = await signerOf(raw);
  const payload = Buffer.from([0, 0x2e, 0xff, 0x7b, ...Buffer.from('ünïcode')]);
  const header = payloadHeader(signer, { cty: 'application/octet-stream' }, form);
  const jws = JSON.parse(await signJwsJson(signer, { header, payload, form }));
  if (form.serialization !== 'GENERAL' || form.isEncoded) {
    const isGeneral = form.serialization === 'GENERAL' && form.isDetached;
    const whole = isGeneral ? { ...jws, payload: payload.toString('base64url') } : jws;
    expect(await joseVerify(whole, raw, payload)).toEqual(payload);
  } else {
    const [only] = jws.signatures;
    expect(await joseVerify(only, raw, payload)).toEqual(payload);
  }
  const keys = await activeKeys(raw);
  const verdict = await verifyJws(jws, keys, {
    ...expectations,
    ...(form.isDetached && { detached: payload }),
  });
  expect(verdict).toMatchObject({ valid: true, payload, header: { alg, cty: 'application/octet-stream' } });
});

test.for(['ES256', 'PS256', 'EdDSA', 'HS256'])('what jose signs with %s in JSON is valid', async (alg) => {
  const raw = rawKeyFor(alg);
  const other = { ...rawKeyFor('ES384'), kid: 'other' };
  const [key, otherKey] = [await jose.importJWK(raw, alg), await jose.importJWK(other, 'ES384')];
  const payload = Buffer.from('{"sub":"bob"}');
  const keys = await activeKeys(raw);
  const flattened = await new jose.FlattenedSign(payload)
    .setProtectedHeader({ alg })
    .setUnprotectedHeader({ kid: raw.kid as string })
    .sign(key);
  const general = await new jose.GeneralSign(payload)
    .addSignature(otherKey)
    .setProtectedHeader({ alg: 'ES384', kid: 'other' })
    .addSignature(key)
    .setProtectedHeader({ alg, kid: raw.kid as string })
    .sign();
  const unencoded = await new jose.FlattenedSign(payload)
    .setProtectedHeader({ alg, kid: raw.kid as string, b64: false, crit: ['b64'] })
    .sign(key);
  const now = { ...expectations, now: Date.now() };
  for (const jws of [flattened, general]) {
    const verdict = await verifyJws(jws as unknown as JsonObject, keys, now);
    expect(verdict).toMatchObject({ valid: true, kid: raw.kid, claimsText: '{"sub":"bob"}' });
  }
  const detached = await verifyJws({ ...unencoded } as unknown as JsonObject, keys, {
    ...now,
    detached: payload,
  });
  expect(detached).toMatchObject({ valid: true, claimsText: '{"sub":"bob"}' });
});

test('of several signatures the answer is of the one that came nearest', async () => {
  const [raw, other] = [rawKeyFor('ES256'), { ...rawKeyFor('ES256'), kid: 'other' }];
  const signed = async (key: RawJwk, payload: string, kid = key.kid) => {
    const signer = await signerOf({ ...key, kid } as RawJwk);
    const form = { serialization: 'FLATTENED', isDetached: false, isEncoded: true } as const;
    const { payload: _payload, ...rest } = JSON.parse(
      await signJwsJson(signer, { header: signer.headerOfPayload, payload, form }),
    );
    return rest;
  };
  const payload = Buffer.from('{"exp":1}').toString('base64url');
  const unknown = await signed(other, '{"exp":1}');
  const wrong = await signed(raw, 'another');
  const right = await signed(raw, '{"exp":1}');
  const keys = await activeKeys(raw);
  const reasonOf = async (...signatures: JsonObject[]) =>
    verifyJws({ payload, signatures }, keys, expectations);
  expect(await reasonOf(unknown)).toMatchObject({ reason: 'UNKNOWN_KEY' });
  expect(await reasonOf(unknown, wrong)).toMatchObject({ reason: 'SIGNATURE' });
  expect(await reasonOf(wrong, right, unknown)).toMatchObject({ reason: 'EXPIRED' });
});

test('a signature that is given 16 times is verified once, and its payload is read once', async ({
  onTestFinished,
}) => {
  const raw = rawKeyFor('ES256');
  const content = '{"sub":"ada","list":[1,2,3]}';
  const signer = await signerOf(raw);
  const form = { serialization: 'GENERAL', isDetached: false, isEncoded: true } as const;
  const signedJws = async () =>
    JSON.parse(await signJwsJson(signer, { header: signer.headerOfPayload, payload: content, form }));
  const { payload, signatures } = await signedJws();
  const others = (await signedJws()).signatures;
  const known = await activeKeys(raw);
  let verified = 0;
  const keys: VerificationKeys = {
    algorithmNames: known.algorithmNames,
    find: (kid) => known.find(kid),
    inTurn(_key, run) {
      verified += 1;
      return run();
    },
  };
  const parse = vi.spyOn(JSON, 'parse');
  onTestFinished(() => parse.mockRestore());
  const reads = () => parse.mock.calls.filter(([text, reviver]) => text === content && reviver).length;
  const expected = { ...expectations, exactClaims: { sub: 'eve' } };
  const claim = { valid: false, reason: 'CLAIM', claim: 'sub' };
  const repeated = { payload, signatures: Array(16).fill(signatures[0]) };
  expect(await verifyJws(repeated, keys, expected)).toEqual(claim);
  expect([verified, reads()]).toEqual([1, 1]);
  // ECDSA signs with another number each time.
  expect(await verifyJws({ payload, signatures: [...signatures, ...others] }, keys, expected)).toEqual(claim);
  expect([verified, reads()]).toEqual([3, 2]);
  const absent = { ...expectations, exactClaims: { none: 1 } };
  expect(await verifyJws(repeated, keys, absent)).toMatchObject({ claim: 'none' });
  expect(reads()).toBe(2);
});

const protectedPart = Buffer.from('{"alg":"ES256"}').toString('base64url');
const unencodedPart = Buffer.from('{"alg":"ES256","b64":false,"crit":["b64"]}').toString('base64url');
const one = { protected: protectedPart, signature: 'AA' };

test.for<JsonObject>([
  {},
  { payload: '', signature: 'AA' },
  { payload: '', ...one, signature: 1 },
  { ...one },
  { payload: null, ...one },
  { payload: 'e31', ...one },
  { payload: '', ...one, protected: '' },
  { payload: '', ...one, header: 'x' },
  { payload: '', ...one, header: { alg: 'ES256' } },
  { payload: '', ...one, header: { b64: true } },
  { payload: '', ...one, signatures: [one] },
  { payload: '', signatures: [] },
  { payload: '', signatures: {} },
  { payload: '', signatures: [one, 'x'] },
  { payload: '', signatures: [one, { ...one, signature: 'A' }] },
  { payload: '', signatures: [one, { ...one, protected: unencodedPart }] },
  { payload: '', signatures: Array(17).fill(one) },
])('what is malformed is no JWS (%#)', async (jws) => {
  expect(await verifyJws(jws, await activeKeys(rawKeyFor('ES256')), expectations)).toEqual({
    valid: false,
    reason: 'FORMAT',
  });
});

test('an extension that is not protected is not understood either', async () => {
  const jws = { payload: '', ...one, header: { kid: 'k-ES256', crit: ['b64'] } };
  const verdict = await verifyJws(jws, await activeKeys(rawKeyFor('ES256')), expectations);
  expect(verdict).toEqual({ valid: false, reason: 'CRITICAL' });
});
