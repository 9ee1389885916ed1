// A token names its key by `kid`, which is the attacker's to write (RFC 8725 §2.9), and may bring a key along.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as jose from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { makeEc, publicHalf, type RawJwk } from '../../jose/made-keys.ts';
import { ecJwk } from '../../node/support/contents.ts';
import { applicationContent, memberContent, ringContent } from '../../node/support/operations.ts';
import { callerOf, operationsWorld } from '../../node/support/operations-world.ts';

async function signed(raw: RawJwk, header: object): Promise<string> {
  return new jose.SignJWT({ sub: 'admin' })
    .setProtectedHeader({ alg: 'ES256', ...header })
    .sign(await jose.importJWK(raw, 'ES256'));
}

async function twoRings() {
  const [own, others] = [ringContent('own'), ringContent('others')];
  const [ownKey, otherKey, next] = [makeEc('P-256'), makeEc('P-256'), makeEc('P-256')];
  const members = [
    memberContent(own, 1, 'ACTIVE', ownKey),
    memberContent(own, 2, 'NEXT', next),
    memberContent(others, 1, 'ACTIVE', otherKey),
  ];
  const { token, content } = applicationContent([{ ...own, operations: ['VERIFY'] }]);
  const { url } = await operationsWorld([own, others, ...members, content]);
  const verify = callerOf(url, 'key-rings/own', token);
  const reasonOf = async (jws: string | object) => {
    const { status, body } = await verify('verify', { jws });
    expect(status).toBe(200);
    return body.valid ? 'valid' : body.reason;
  };
  return { ownKey, otherKey, next, reasonOf };
}

test('a kid chooses among the keys of the ring, and a key of another ring is none of them', async () => {
  const { ownKey, otherKey, next, reasonOf } = await twoRings();
  expect(await reasonOf(await signed(ownKey, { kid: 'own-1' }))).toBe('valid');
  expect(await reasonOf(await signed(otherKey, { kid: 'others-1' }))).toBe('UNKNOWN_KEY');
  expect(await reasonOf(await signed(otherKey, { kid: 'own-1' }))).toBe('SIGNATURE');
  expect(await reasonOf(await signed(next, { kid: 'own-1' }))).toBe('SIGNATURE');
  for (const kid of [
    '',
    'own',
    'OWN-1',
    'own-1 ',
    '../own-1',
    '*',
    '__proto__',
    'constructor',
    'undefined',
    "' OR 1=1",
  ]) {
    expect(await reasonOf(await signed(ownKey, { kid }))).toBe('UNKNOWN_KEY');
  }
  // No key is tried for a token that names none.
  expect(await reasonOf(await signed(ownKey, {}))).toBe('UNKNOWN_KEY');
});

test('a kid in two headers is ambiguous, and one of two signatures is no proof for the other', async () => {
  const { ownKey, otherKey, reasonOf } = await twoRings();
  const [header, payload, signature] = (await signed(ownKey, { kid: 'own-1' })).split('.');
  expect(await reasonOf({ protected: header, payload, signature })).toBe('valid');
  expect(await reasonOf({ protected: header, header: { kid: 'own-1' }, payload, signature })).toBe('FORMAT');
  const other = (await signed(otherKey, { kid: 'own-1' })).split('.');
  const swapped = [
    { protected: header, signature: other[2] },
    { protected: other[0], signature: 'AA' },
  ];
  expect(await reasonOf({ payload, signatures: swapped })).toBe('SIGNATURE');
});

test('a key or an address of keys in a token is neither used nor fetched', async () => {
  const { reasonOf } = await twoRings();
  const evil = makeEc('P-256');
  const jwk = { ...publicHalf(evil), kid: 'evil', alg: 'ES256', use: 'sig' };
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.end(JSON.stringify({ keys: [jwk, { ...jwk, kid: 'own-1' }] }));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  const certificate = Buffer.from('no certificate').toString('base64');
  for (const header of [
    { jwk },
    { jku: address },
    { x5u: address },
    { x5c: [certificate] },
    { jwk, jku: address },
  ]) {
    expect(await reasonOf(await signed(evil, { kid: 'evil', ...header }))).toBe('UNKNOWN_KEY');
    expect(await reasonOf(await signed(evil, header))).toBe('UNKNOWN_KEY');
    expect(await reasonOf(await signed(evil, { kid: 'own-1', ...header }))).toBe('SIGNATURE');
  }
  expect(requests).toBe(0);
});

test('a JWK without a kid verifies tokens without one, and no others', async () => {
  const raw = { ...makeEc('P-256'), alg: 'ES256', use: 'sig' };
  const jwk = ecJwk({ name: 'bare', jwk: raw });
  const { token, content } = applicationContent([{ ...jwk, operations: ['VERIFY'] }]);
  const { url } = await operationsWorld([jwk, content]);
  const verify = callerOf(url, 'jwks/bare', token);
  expect((await verify('verify', { jws: await signed(raw, {}) })).body.valid).toBe(true);
  const named = await verify('verify', { jws: await signed(raw, { kid: 'x' }) });
  expect(named.body).toMatchObject({ valid: false, reason: 'UNKNOWN_KEY' });
});
