// The order of the checks, and what makes a token malformed.

import { expect, test } from 'vitest';
import { encodePart } from '../../src/operations/compact-jws.ts';
import { signJws } from '../../src/operations/sign-jws.ts';
import {
  type Expectations,
  type InvalidReason,
  invalidReasons,
  type KnownKey,
  verifyJws,
} from '../../src/operations/verify-jws.ts';
import { keysOf, rawKeyFor, signerOf, verifierOf } from './keys.ts';

const raw = rawKeyFor('ES256');
const other = { ...rawKeyFor('HS256'), kid: 'other' };
const signer = await signerOf(raw);
const [key, otherKey] = [await verifierOf(raw), await verifierOf(other)];

function ring(end?: KnownKey['end']) {
  return keysOf(
    { kid: raw.kid, algorithmName: 'ES256', key, end, state: 'ACTIVE' },
    { kid: 'other', algorithmName: 'HS256', key: otherKey, end: undefined, state: 'RETIRING' },
  );
}

const now = 1_800_000_000_000;
const seconds = now / 1000;

async function token(payload: string | Buffer, header?: object): Promise<string> {
  const encoded = header === undefined ? signer.headerOfPayload : encodePart(JSON.stringify(header));
  return signJws(signer, encoded, payload);
}

async function reasonOf(
  jws: string,
  expectations: Partial<Expectations> = {},
  end?: KnownKey['end'],
): Promise<InvalidReason | 'valid'> {
  const verdict = await verifyJws(jws, ring(end), { now, clockSkewMs: 0, ...expectations });
  return verdict.valid ? 'valid' : verdict.reason;
}

function header(members: object = {}): object {
  return { alg: 'ES256', kid: raw.kid, ...members };
}

test('the first fault in the order of the reasons is the answer', async () => {
  const critical = header({ crit: ['exp'] });
  const wrong: Record<InvalidReason, { jws: Promise<string>; end?: KnownKey['end'] }> = {
    FORMAT: { jws: token('{"exp":"soon"}', { alg: 'none', kid: 'x' }) },
    ALGORITHM: { jws: token(claims(), { alg: 'HS512', kid: 'x', crit: ['exp'] }) },
    UNKNOWN_KEY: { jws: token(claims(), { alg: 'ES256', kid: 'x', crit: ['exp'] }) },
    CRITICAL: { jws: token(claims(), critical).then((jws) => `${jws.slice(0, -4)}AAAA`), end: 'REVOKED' },
    SIGNATURE: { jws: token(claims()).then((jws) => `${jws.slice(0, -4)}AAAA`), end: 'REVOKED' },
    KEY_REVOKED: { jws: token(claims()), end: 'REVOKED' },
    KEY_RETIRED: { jws: token(claims()), end: 'RETIRED' },
    TYPE: { jws: token(claims()) },
    NOT_YET: { jws: token(claims(), header({ typ: 'at+JWT' })) },
    EXPIRED: { jws: token(claims({ nbf: 0 }), header({ typ: 'at+jwt' })) },
    ISSUER: { jws: token(claims({ nbf: 0, exp: seconds + 1 }), header({ typ: 'application/at+jwt' })) },
    AUDIENCE: { jws: token(claims({ nbf: 0, exp: seconds + 1, iss: 'us' }), header({ typ: 'at+jwt' })) },
    CLAIM: {
      jws: token(claims({ nbf: 0, exp: seconds + 1, iss: 'us', aud: 'us' }), header({ typ: 'at+jwt' })),
    },
  };
  function claims(right: object = {}): string {
    return JSON.stringify({ nbf: seconds + 1, exp: seconds, iss: 'them', aud: 'them', ...right });
  }
  const expected = { issuer: 'us', audiences: ['us'], tokenType: 'at+jwt', requiredClaims: ['sub'] };
  for (const reason of invalidReasons) {
    const { jws, end } = wrong[reason];
    expect(await reasonOf(await jws, expected, end)).toBe(reason);
  }
  const right = claims({ nbf: 0, exp: seconds + 1, iss: 'us', aud: ['them', 'us'], sub: 'ada' });
  expect(await reasonOf(await token(right, header({ typ: 'at+jwt' })), expected)).toBe('valid');
});

test.for([
  'no dots at all',
  'two.parts',
  'eyJhbGciOiJFUzI1NiJ9.e30.AA.AA',
  'eyJhbGciOiJFUzI1NiJ9.e30.AA==',
  'eyJhbGciOiJFUzI1NiJ9.e31.AA',
  'eyJhbGciOiJFUzI1NiJ9.e30.A',
  'eyJhbGciOiJFUzI1NiJ9 .e30.AA',
  `${encodePart('[]')}.e30.AA`,
  `${encodePart('{"alg":"ES256","alg":"ES256"}')}.e30.AA`,
  `${encodePart('{"alg":["ES256"]}')}.e30.AA`,
  `${encodePart('{}')}.e30.AA`,
  `${encodePart('{"alg":"ES256","kid":1}')}.e30.AA`,
  `${encodePart(Buffer.from([0x7b, 0xff, 0x7d]))}.e30.AA`,
  '',
])('%s is no compact JWS', async (text) => {
  expect(await reasonOf(text)).toBe('FORMAT');
});

test.for([
  { crit: ['exp'], exp: 1 },
  { crit: [] },
  { crit: ['b64'] },
  { crit: ['b64', 'b64'], b64: true },
  { crit: ['b64', 'exp'], b64: true, exp: 1 },
  { crit: 'b64', b64: true },
  { crit: null },
])('a header with %j asks for an extension, and is rejected', async (extension) => {
  expect(await reasonOf(await token('{}', header(extension)))).toBe('CRITICAL');
});

test.for([{ b64: false }, { b64: 'false' }, { crit: ['exp'], b64: false }])(
  'a header with %j can be read in two ways, and is rejected',
  async (members) => {
    expect(await reasonOf(await token('{}', header(members)))).toBe('FORMAT');
  },
);

test.for(['{"exp":"1800000000"}', '{"nbf":true}', '{"iat":1e999}', '{"exp":null}', '{"a":1,"a":2}'])(
  'claims %s are malformed',
  async (claims) => {
    expect(await reasonOf(await token(claims))).toBe('FORMAT');
  },
);

test('the algorithm must be the one of the key that the kid names', async () => {
  expect(await reasonOf(await token('{}', header({ kid: 'other' })))).toBe('ALGORITHM');
  expect(await reasonOf(await token('{}', header({ alg: 'HS256' })))).toBe('ALGORITHM');
  expect(await reasonOf(await token('{}', header({ alg: 'none' })))).toBe('ALGORITHM');
  expect(await reasonOf(await token('{}', { alg: 'ES256' }))).toBe('UNKNOWN_KEY');
});

test('a token expires at its expiration time, and is valid from its nbf on, each with the clock skew', async () => {
  const expired = await token(JSON.stringify({ exp: seconds }));
  expect(await reasonOf(expired)).toBe('EXPIRED');
  expect(await reasonOf(expired, { clockSkewMs: 1 })).toBe('valid');
  const early = await token(JSON.stringify({ nbf: seconds + 1 }));
  expect(await reasonOf(early, { clockSkewMs: 999 })).toBe('NOT_YET');
  expect(await reasonOf(early, { clockSkewMs: 1000 })).toBe('valid');
  expect(await reasonOf(await token('{"iat":1800000999}'))).toBe('valid');
});

test('a missing issuer or audience that was asked for counts as another', async () => {
  for (const payload of ['{}', 'octets']) {
    expect(await reasonOf(await token(payload), { issuer: 'us' })).toBe('ISSUER');
    expect(await reasonOf(await token(payload), { audiences: ['us'] })).toBe('AUDIENCE');
  }
  expect(await reasonOf(await token('{"iss":["us"]}'), { issuer: 'us' })).toBe('ISSUER');
  expect(await reasonOf(await token('{"aud":"us"}'), { audiences: ['them', 'us'] })).toBe('valid');
});

test('the answer has the claims as they were signed, and octets for another payload', async () => {
  const long = '{ "id": 12345678901234567890 }';
  const verdict = await verifyJws(await token(`\u{feff}${long}`), ring(), { now, clockSkewMs: 0 });
  expect(verdict).toMatchObject({ valid: true, keyState: 'ACTIVE', claimsText: long });
  const octets = Buffer.from([0x7b, 0xff]);
  const ofOctets = await verifyJws(await token(octets), ring(), { now, clockSkewMs: 0 });
  expect(ofOctets).toMatchObject({ valid: true, claimsText: undefined, payload: octets });
});

test('a secret key that was erased when it retired is retired, whatever the signature is', async () => {
  const keys = keysOf({ kid: raw.kid, algorithmName: 'ES256', key: undefined, end: 'RETIRED', state: null });
  const verdict = await verifyJws(await token('{}'), keys, { now, clockSkewMs: 0 });
  expect(verdict).toEqual({ valid: false, reason: 'KEY_RETIRED' });
});
