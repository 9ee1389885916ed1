// What the manager deploys of rings and JWKs, in use at a real node: encryption, MACs, raw signatures.

import * as jose from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callerOf } from '../node/support/operations-world.ts';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;
let url: string;
let nodeUrl: string;

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'] });
  ({ api } = world);
  const node = await world.addNode('gate', 'g1', { operations: { port: 0 }, timing: { usageMs: 50 } });
  url = node.operations[0] ?? '';
  nodeUrl = node.url;
});

afterAll(() => world?.close());

async function created(path: string, body: object): Promise<void> {
  const answer = await api('POST', `${base}/${path}`, body);
  expect([answer.status, answer.body]).toMatchObject([200, { success: true }]);
}

async function tokenFor(name: string, grants: readonly object[]): Promise<string> {
  const { body } = await api('POST', `${base}/applications/`, { name, grants });
  expect(body).toMatchObject({ success: true, deploymentResult: { success: true } });
  return body.token;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

test('a message that is encrypted to an ENCRYPTION ring is decrypted with it, and both are counted', async () => {
  await created('key-rings/', {
    name: 'messages',
    type: 'EC',
    ec: { curveType: 'P256', keyUseType: 'ENCRYPTION', algorithm: 'ECDH-ES+A256KW' },
  });
  const operations = ['ENCRYPT', 'DECRYPT'];
  const token = await tokenFor('mailbox', [{ keyRingName: 'messages', operations }]);
  const call = callerOf(url, 'key-rings/messages', token);
  const { body } = await call('encrypt', { plaintext: 'hello', serialization: 'GENERAL' });
  expect(body).toMatchObject({
    success: true,
    jwe: { recipients: [expect.anything()] },
    kid: expect.any(String),
  });
  const opened = await call('decrypt', { jwe: body.jwe });
  expect(opened.body).toMatchObject({ success: true, plaintextBase64: base64('hello'), kid: body.kid });
  expect((await call('sign', { claims: {} })).status).toBe(403);
  await until(async () => {
    const { usage } = (await api('GET', `${base}/applications/mailbox/`)).body.resultList[0];
    return usage.length === 2;
  }, 'the use is reported');
  const { usage } = (await api('GET', `${base}/applications/mailbox/`)).body.resultList[0];
  expect(usage.map(({ operation, outcome }: Record<string, string>) => [operation, outcome]).sort()).toEqual([
    ['DECRYPT', 'SUCCEEDED'],
    ['ENCRYPT', 'SUCCEEDED'],
  ]);
});

test('an OCT ring signs, and computes MACs for an application with SIGN_RAW', async () => {
  await created('key-rings/', {
    name: 'secrets',
    type: 'OCT',
    oct: { keySize: 256, algorithm: 'HS256' },
    clockSkew: 'PT0S',
  });
  const plain = await tokenFor('plain', [{ keyRingName: 'secrets', operations: ['SIGN', 'VERIFY', 'MAC'] }]);
  const raw = await tokenFor('raw', [{ keyRingName: 'secrets', operations: ['SIGN_RAW', 'VERIFY', 'MAC'] }]);
  const [plainCall, rawCall] = [plain, raw].map((token) => callerOf(url, 'key-rings/secrets', token));
  const dataBase64 = base64('data');
  expect((await plainCall?.('mac', { dataBase64 }))?.status).toBe(403);
  const isAllowed = async () => (await rawCall?.('mac', { dataBase64 }))?.status === 200;
  await until(isAllowed, 'a manager has acknowledged a heartbeat of the node');
  const mac = await rawCall?.('mac', { dataBase64 });
  expect(mac?.body).toMatchObject({ success: true, macBase64: expect.any(String) });
  const { macBase64 } = mac?.body ?? {};
  expect((await plainCall?.('mac/verify', { dataBase64, macBase64 }))?.body).toEqual({ valid: true });
  expect((await plainCall?.('sign', { payload: '{}' }))?.body.error_description).toBe(
    'Give claims to sign a JSON object!',
  );
  const signed = await rawCall?.('sign', { payload: '{"exp":1}' });
  expect((await plainCall?.('verify', { jws: signed?.body.jws }))?.body).toMatchObject({
    valid: false,
    reason: 'EXPIRED',
  });
});

test('a JWK outside rings decrypts what jose encrypts with its public key', async () => {
  await created('jwks/generate', {
    name: 'box',
    type: 'RSA',
    rsa: { keySize: 2048, keyUseType: 'ENCRYPTION', algorithm: 'RSA-OAEP-256', keyIdType: 'SHA256' },
  });
  const token = await tokenFor('opener', [{ jwkName: 'box', operations: ['DECRYPT', 'SIGN'] }]);
  const set = jose.createRemoteJWKSet(new URL(`${nodeUrl}/projects/MyProject/.well-known/jwks.json`));
  await set().catch(() => undefined);
  const published = set.jwks()?.keys.find(({ alg }) => alg === 'RSA-OAEP-256');
  const jwe = await new jose.CompactEncrypt(Buffer.from('hello'))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: String(published?.kid) })
    .encrypt(await jose.importJWK(published ?? {}, 'RSA-OAEP-256'));
  const call = callerOf(url, 'jwks/box', token);
  expect((await call('decrypt', { jwe })).body).toMatchObject({ plaintextBase64: base64('hello') });
  expect((await call('encrypt', { plaintext: 'x' })).status).toBe(403);
  expect((await call('sign', { claims: {} })).body.error_description).toBe(
    'JWK (name: box) is for ENCRYPTION!',
  );
});
