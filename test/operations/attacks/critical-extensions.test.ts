// A token may require an extension (RFC 7515 §4.1.11). A reader that ignores one reads another message than the one that was signed.

import { createPrivateKey, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeEc } from '../../jose/made-keys.ts';
import { applicationContent, memberContent, ringContent } from '../../node/support/operations.ts';
import { callerOf, operationsWorld } from '../../node/support/operations-world.ts';

async function world() {
  const ring = ringContent('tokens');
  const key = makeEc('P-256');
  const { token, content } = applicationContent([{ ...ring, operations: ['VERIFY', 'SIGN'] }]);
  const { url } = await operationsWorld([ring, memberContent(ring, 1, 'ACTIVE', key), content]);
  const call = callerOf(url, 'key-rings/tokens', token);
  const signed = (header: object, payload: string) => {
    const protectedPart = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'tokens-1', ...header })).toString(
      'base64url',
    );
    const signer = { key: createPrivateKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const;
    const signature = sign('sha256', Buffer.from(`${protectedPart}.${payload}`), signer).toString(
      'base64url',
    );
    return { protectedPart, signature };
  };
  return { call, signed };
}

const claims = Buffer.from('{"sub":"admin"}').toString('base64url');

test('an extension that is not implemented is critical, whatever the signature says', async () => {
  const { call, signed } = await world();
  const crits: unknown[] = [
    ['exp'],
    ['b64', 'x'],
    ['x'],
    ['b64'],
    [],
    'b64',
    { b64: true },
    null,
    ['b64', 'b64'],
    [['b64']],
  ];
  for (const crit of crits) {
    const { protectedPart, signature } = signed({ crit, exp: 1, x: 1 }, claims);
    const { body } = await call('verify', { jws: `${protectedPart}.${claims}.${signature}` });
    expect([crit, body.valid, body.reason]).toEqual([crit, false, 'CRITICAL']);
  }
  const { protectedPart, signature } = signed({}, claims);
  const unprotected = { protected: protectedPart, header: { crit: ['x'], x: 1 }, payload: claims, signature };
  expect((await call('verify', { jws: unprotected })).body).toMatchObject({
    valid: false,
    reason: 'CRITICAL',
  });
});

test('a payload that was signed as it is does not become the claims that it spells', async () => {
  const { call, signed } = await world();
  // The octets that are signed are the same for both readings.
  const { protectedPart, signature } = signed({ b64: false, crit: ['b64'] }, claims);
  const compact = await call('verify', { jws: `${protectedPart}.${claims}.${signature}` });
  expect(compact.body).toMatchObject({ valid: true, payloadBase64: Buffer.from(claims).toString('base64') });
  expect(compact.body).not.toHaveProperty('claims');
  const bare = signed({ b64: false }, claims);
  const { body } = await call('verify', { jws: `${bare.protectedPart}.${claims}.${bare.signature}` });
  expect(body).toMatchObject({ valid: false, reason: 'FORMAT' });
});

test('a caller without SIGN_RAW gets no signature of claims in disguise', async () => {
  const { call } = await world();
  const utf16 = Buffer.from('{"sub":"admin"}', 'utf16le');
  const disguised = [
    { payload: claims, detached: true, b64: false },
    { payload: '\u{feff}{"sub":"admin"}' },
    { payload: '\n\t {"sub":"admin"}' },
    { payloadBase64: utf16.toString('base64') },
    { payloadBase64: Buffer.concat([Buffer.from([0xfe, 0xff]), utf16.swap16()]).toString('base64') },
    { payload: '{"sub":"admin"}', detached: true },
    { payload: '{"sub":"admin"}', serialization: 'FLATTENED' },
    { payload: '{"sub":"admin"}', header: { typ: 'text/plain' } },
  ];
  for (const body of disguised) {
    const answer = await call('sign', body);
    expect([answer.status, answer.body.error_description]).toEqual([
      400,
      'Give claims to sign a JSON object!',
    ]);
  }
});

test('a caller gives no header parameter that means something to a reader', async () => {
  const { call } = await world();
  for (const name of [
    'alg',
    'kid',
    'jku',
    'jwk',
    'x5u',
    'x5c',
    'crit',
    'b64',
    'enc',
    'zip',
    'iss',
    'nonce',
  ]) {
    const { status, body } = await call('sign', { payload: 'x', header: { [name]: 'x' } });
    expect([status, body.error_description]).toEqual([
      400,
      expect.stringContaining(`(${name}) cannot be given!`),
    ]);
  }
  const historical = await call('sign', { payload: 'x', header: { typ: 'application/JWK-Set+jwt' } });
  expect(historical.body.error_description).toBe('Header parameter (typ) cannot be jwk-set+jwt!');
  for (const body of [{ claims: { exp: 1 } }, { claims: { iat: 1 } }, { claims: { jti: 'x' } }]) {
    expect((await call('sign', body)).status).toBe(400);
  }
});
