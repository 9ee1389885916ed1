// What a verifier may expect of a JWT beside its times, issuer and audience.

import { expect, test } from 'vitest';
import { encodePart } from '../../src/operations/compact-jws.ts';
import { parseBody } from '../../src/operations/request-members.ts';
import { signJws } from '../../src/operations/sign-jws.ts';
import { verifyJws } from '../../src/operations/verify-jws.ts';
import { readVerifyRequest } from '../../src/operations/verify-request.ts';
import { activeKeys, rawKeyFor, signerOf } from './keys.ts';

const raw = rawKeyFor('ES256');
const signer = await signerOf(raw);
const keys = await activeKeys(raw);
const now = 1_800_000_000_000;
const seconds = now / 1000;

async function token(payload: string, header: object = {}): Promise<string> {
  return signJws(signer, encodePart(JSON.stringify({ alg: 'ES256', kid: raw.kid, ...header })), payload);
}

/** As a request asks for it. @param expected JSON, or what becomes JSON */
async function answerTo(payload: string, expected: object | string, header: object = {}): Promise<string> {
  const jws = await token(payload, header);
  const text = typeof expected === 'string' ? expected : JSON.stringify(expected);
  const body = text === '{}' ? JSON.stringify({ jws }) : text.replace('{', `{"jws":"${jws}",`);
  const { jws: read, clockSkewMs = 0, ...others } = readVerifyRequest(parseBody(body));
  const verdict = await verifyJws(read, keys, { ...others, now, clockSkewMs });
  if (verdict.valid) return 'valid';
  return verdict.reason === 'CLAIM' ? `CLAIM ${verdict.claim}` : verdict.reason;
}

test.for([
  ['{"sub":"ada","scope":""}', { requiredClaims: ['sub', 'scope'] }, 'valid'],
  ['{"sub":"ada"}', { requiredClaims: ['sub', 'scope', 'x'] }, 'CLAIM scope'],
  ['{"sub":"ada"}', { requiredClaims: ['constructor'] }, 'CLAIM constructor'],
  ['octets', { requiredClaims: ['sub'] }, 'CLAIM sub'],
  ['{"sub":"ada"}', { prohibitedClaims: ['admin'] }, 'valid'],
  ['{"admin":null}', { prohibitedClaims: ['x', 'admin'] }, 'CLAIM admin'],
  ['octets', { prohibitedClaims: ['admin'] }, 'valid'],
  [
    '{"a":1,"b":[1,{"x":null}],"c":{"y":1,"z":2}}',
    { exactClaims: { a: 1.0, b: [1, { x: null }], c: { z: 2, y: 1 } } },
    'valid',
  ],
  ['{"a":"1"}', { exactClaims: { a: 1 } }, 'CLAIM a'],
  ['{"a":[1,2]}', { exactClaims: { a: [2, 1] } }, 'CLAIM a'],
  ['{"a":[1,2]}', { exactClaims: { a: [1] } }, 'CLAIM a'],
  ['{"a":{"b":1}}', { exactClaims: { a: { b: 1, c: 2 } } }, 'CLAIM a'],
  ['{"a":[]}', { exactClaims: { a: {} } }, 'CLAIM a'],
  ['{"x":1}', { exactClaims: { a: null } }, 'CLAIM a'],
  ['octets', { exactClaims: { a: 1 } }, 'CLAIM a'],
  ['octets', { exactClaims: {} }, 'valid'],
] as const)('%s with %j is %s', async ([payload, expected, answer]) => {
  expect(await answerTo(payload, expected)).toBe(answer);
});

test('two long numbers that are one number in JavaScript are not the same claim', async () => {
  const payload = '{"account":12345678901234567890,"list":[1]}';
  expect(await answerTo(payload, '{"exactClaims":{"account":12345678901234567890,"list":[1]}}')).toBe(
    'valid',
  );
  expect(await answerTo(payload, '{"exactClaims":{"account":12345678901234567891}}')).toBe('CLAIM account');
  expect(await answerTo(payload, '{"exactClaims":{"account":"12345678901234567890"}}')).toBe('CLAIM account');
});

test('the age of a token counts from its iat, with the clock skew', async () => {
  const at = (iat: number) => JSON.stringify({ iat });
  expect(await answerTo(at(seconds - 60), { maxAge: 'PT1M' })).toBe('valid');
  expect(await answerTo(at(seconds - 61), { maxAge: 'PT1M' })).toBe('EXPIRED');
  expect(await answerTo(at(seconds - 61), { maxAge: 'PT1M', clockSkew: 'PT1S' })).toBe('valid');
  expect(await answerTo(at(seconds + 1), { maxAge: 'PT1M' })).toBe('NOT_YET');
  expect(await answerTo(at(seconds + 1), { maxAge: 'PT1M', clockSkew: 'PT1S' })).toBe('valid');
  expect(await answerTo(at(seconds + 1), {})).toBe('valid');
  expect(await answerTo('{}', { maxAge: 'PT1M' })).toBe('CLAIM iat');
  expect(await answerTo('octets', { maxAge: 'PT1M' })).toBe('CLAIM iat');
});

test.for([
  ['at+jwt', 'at+jwt', 'valid'],
  ['at+jwt', 'AT+JWT', 'valid'],
  ['application/at+jwt', 'at+jwt', 'valid'],
  ['at+jwt', 'application/at+jwt', 'valid'],
  ['JWT', 'at+jwt', 'TYPE'],
  ['at+jwt', 'jwt', 'TYPE'],
  [undefined, 'JWT', 'TYPE'],
  [7, '7', 'TYPE'],
  ['image/at+jwt', 'at+jwt', 'TYPE'],
] as const)('a token of type %j where %j is expected is %s', async ([typ, tokenType, answer]) => {
  expect(await answerTo('{}', { tokenType }, typ === undefined ? {} : { typ })).toBe(answer);
});

test('a type that is not protected is none', async () => {
  const [header, payload, signature] = (await token('{}')).split('.');
  const jws = { protected: header, header: { typ: 'at+jwt' }, payload, signature };
  const body = (tokenType?: string) => parseBody(JSON.stringify({ jws, tokenType }));
  const verdictOf = (tokenType?: string) => {
    const { jws: read, ...expected } = readVerifyRequest(body(tokenType));
    return verifyJws(read, keys, { ...expected, now, clockSkewMs: 0 });
  };
  expect(await verdictOf()).toMatchObject({ valid: true });
  expect(await verdictOf('at+jwt')).toEqual({ valid: false, reason: 'TYPE' });
});

test('the algorithms of a request can only narrow those of the keys', async () => {
  expect(await answerTo('{}', { algorithms: ['RS256', 'ES256'] })).toBe('valid');
  expect(await answerTo('{}', { algorithms: ['RS256', 'none'] })).toBe('ALGORITHM');
  expect(await answerTo('{}', { algorithms: ['RS256'] }, { kid: 'unknown' })).toBe('ALGORITHM');
  expect(await answerTo('{}', { algorithms: ['none'] }, { alg: 'none' })).toBe('ALGORITHM');
});

test('as a JWS the payload is octets, whatever it says', async () => {
  for (const payload of ['{"exp":1}', '{"exp":"soon"}', '{"a":1,"a":2}', '{']) {
    const jws = await token(payload, { typ: 'JWT' });
    const { jws: read, ...expected } = readVerifyRequest(parseBody(JSON.stringify({ jws, as: 'JWS' })));
    const verdict = await verifyJws(read, keys, { ...expected, now, clockSkewMs: 0 });
    expect(verdict).toMatchObject({ valid: true, claimsText: undefined, payload: Buffer.from(payload) });
  }
});
