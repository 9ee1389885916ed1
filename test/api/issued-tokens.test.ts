// Tokens that nodes issue by token profiles, from the API to a verifier of another kind.

import {
  compactDecrypt,
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
} from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { operate } from '../node/support/operations.ts';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';

const base = '/apiops/projects/MyProject';
const issuer = 'https://issuer.example';
let world: TestManager;
let api: Api;
let nodes: readonly RunningNode[];

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'] });
  ({ api } = world);
  const options = { operations: { port: 0 }, timing: { usageMs: 50 } };
  nodes = [await world.addNode('gate', 'g1', options), await world.addNode('gate', 'g2', options)];
  await made('key-rings', {
    name: 'signing',
    type: 'EC',
    ec: { curveType: 'P256', algorithm: 'ES256' },
    verifierCacheTime: 'PT0S',
  });
});

afterAll(() => world?.close());

async function made(path: string, body: object): Promise<Record<string, never>> {
  const answer = await api('POST', `${base}/${path}/`, body);
  expect(answer.body).toMatchObject({ success: true, deploymentResult: { success: true } });
  return answer.body;
}

const issueWith = { operations: ['ISSUE'] };

async function application(name: string, ...profileNames: readonly string[]): Promise<string> {
  const grants = profileNames.map((tokenProfileName) => ({ tokenProfileName, ...issueWith }));
  return (await made('applications', { name, grants })).token ?? '';
}

const issue = (profile: string, token: string, body: unknown = {}, node = 0) =>
  operate(nodes[node]?.operations[0] ?? '', `token-profiles/${profile}/tokens`, { token, body });

async function keySet() {
  const answer = await fetch(`${nodes[1]?.url}/projects/MyProject/.well-known/jwks.json`);
  return createLocalJWKSet((await answer.json()) as Parameters<typeof createLocalJWKSet>[0]);
}

const detail = async (path: string) => (await api('GET', `${base}/${path}/`)).body.resultList[0];

test('a token says what its profile dictates and what the caller adds, and a verifier accepts it', async () => {
  await made('token-profiles', {
    name: 'access',
    keyRingName: 'signing',
    issuer,
    audiences: ['https://a.example', 'https://b.example'],
    maxLifetime: 'PT30M',
    notBeforeOffset: '-PT1M',
    tokenType: 'at+jwt',
    claims: {
      fixed: { tenant: 'shop' },
      allowed: ['account'],
      required: ['scope'],
      schema: { properties: { scope: { type: 'string', pattern: '^[a-z ]+$' } } },
    },
  });
  const token = await application('checkout', 'access');
  const before = Math.floor(Date.now() / 1000);
  const { status, body } = await issue('access', token, {
    claims: { scope: 'read write', account: 7 },
    lifetime: 'PT10M',
  });
  expect([status, body]).toEqual([
    200,
    {
      success: true,
      token: expect.any(String),
      kid: (await detail('key-rings/signing')).members[0].kid,
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    },
  ]);
  const { payload, protectedHeader } = await jwtVerify(body.token, await keySet(), {
    issuer,
    audience: 'https://b.example',
    typ: 'at+jwt',
  });
  expect(protectedHeader).toEqual({ alg: 'ES256', kid: body.kid, typ: 'at+jwt' });
  expect(payload).toEqual({
    iss: issuer,
    sub: 'checkout',
    aud: ['https://a.example', 'https://b.example'],
    tenant: 'shop',
    scope: 'read write',
    account: 7,
    iat: expect.any(Number),
    nbf: Number(payload.iat) - 60,
    exp: Number(payload.iat) + 600,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(payload.iat).toBeGreaterThanOrEqual(before);
  expect(Date.parse(body.expiresAt)).toBe(Number(payload.exp) * 1000);

  const refused = await issue('access', token, { claims: { scope: 'Read' } }, 1);
  expect([refused.status, refused.body]).toMatchObject([
    400,
    {
      error: 'bad_request',
      error_description:
        'Claim (scope) is not valid by the schema of token profile (name: access): it must match pattern "^[a-z ]+$"!',
      reason: 'FIELD_NOT_VALID',
      member: 'claims.scope',
    },
  ]);
  await until(async () => (await detail('applications/checkout')).usage.length === 2, 'the use is reported');
  const use = { keyName: 'signing.1', operation: 'ISSUE', count: 1 };
  expect((await detail('applications/checkout')).usage).toMatchObject([
    { ...use, outcome: 'REFUSED' },
    { ...use, outcome: 'SUCCEEDED' },
  ]);
  expect((await detail('key-rings/signing')).members[0].lastUsedAt).not.toBeNull();
});

test('a client assertion is a profile: one audience of several, and the issuer is the subject', async () => {
  await made('token-profiles', {
    name: 'assertion',
    keyRingName: 'signing',
    issuer: 'client-1',
    audiences: ['https://as.example/token', 'https://other.example'],
    audienceMode: 'ONE_OF',
    subject: { mode: 'FIXED', value: 'client-1' },
    maxLifetime: 'PT5M',
    lifetime: 'PT1M',
  });
  const token = await application('asserting', 'assertion');
  const { body } = await issue('assertion', token, { audience: 'https://as.example/token' });
  const { payload } = await jwtVerify(body.token, await keySet());
  expect(payload).toMatchObject({ iss: 'client-1', sub: 'client-1', aud: 'https://as.example/token' });
  expect(Number(payload.exp) - Number(payload.iat)).toBe(60);
  const { body: refused } = await issue('assertion', token, {});
  expect(refused.error_description).toBe('audience is required by token profile (name: assertion)!');
});

test('a changed profile counts at once, and a deleted one issues nothing', async () => {
  await made('token-profiles', { name: 'changing', keyRingName: 'signing', issuer, audiences: ['a'] });
  const token = await application('changing', 'changing');
  const audienceOf = async () => {
    const { body } = await issue('changing', token, undefined, 1);
    return (await jwtVerify(body.token, await keySet())).payload.aud;
  };
  expect(await audienceOf()).toBe('a');
  await api('PUT', `${base}/token-profiles/changing/`, { audiences: ['b', 'c'] });
  expect(await audienceOf()).toEqual(['b', 'c']);
  await made('key-rings', { name: 'other', type: 'OKP', okp: { curveType: 'ED25519' } });
  await api('PUT', `${base}/token-profiles/changing/`, { keyRingName: 'other' });
  const { body } = await issue('changing', token);
  expect(decodeProtectedHeader(body.token)).toMatchObject({ alg: 'EdDSA', kid: body.kid, typ: 'JWT' });
  expect((await detail('applications/changing')).grants).toEqual([
    { tokenProfileName: 'changing', ...issueWith },
  ]);
  await api('DELETE', `${base}/token-profiles/changing/`);
  expect((await issue('changing', token)).status).toBe(403);
  expect((await detail('applications/changing')).grants).toEqual([]);
  const [row] = await world.raw("select grants from applications where name = 'changing'");
  expect(row?.grants).toBe('[]');
});

test('a profile encrypts its tokens to a JWK of another, of which nodes have the public part alone', async () => {
  const { privateKey, publicKey } = await generateKeyPair('RSA-OAEP-256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'partner', use: 'enc', alg: 'RSA-OAEP-256' };
  await made('jwks', { name: 'partner', sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) });
  await made('token-profiles', {
    name: 'nested',
    keyRingName: 'signing',
    issuer,
    audiences: ['partner'],
    tokenType: 'at+jwt',
    encryptTo: { jwkName: 'partner' },
  });
  const token = await application('sealing', 'nested');
  const { body } = await issue('nested', token);
  const { plaintext, protectedHeader } = await compactDecrypt(body.token, privateKey);
  expect(protectedHeader).toEqual({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'partner', cty: 'JWT' });
  const jws = new TextDecoder().decode(plaintext);
  const { payload } = await jwtVerify(jws, await keySet(), { issuer, audience: 'partner', typ: 'at+jwt' });
  expect(payload.sub).toBe('sealing');
  expect(decodeProtectedHeader(jws).kid).toBe(body.kid);
});

test('a profile encrypts its tokens to an ENCRYPTION ring, which decrypts them', async () => {
  await made('key-rings', {
    name: 'recipients',
    type: 'OKP',
    okp: { curveType: 'X25519', keyUseType: 'ENCRYPTION', algorithm: 'ECDH-ES+A256KW' },
    verifierCacheTime: 'PT0S',
  });
  await made('token-profiles', {
    name: 'inner',
    keyRingName: 'signing',
    issuer,
    audiences: ['us'],
    encryptTo: { keyRingName: 'recipients', enc: 'A128CBC-HS256' },
  });
  const { token } = await made('applications', {
    name: 'inner',
    grants: [
      { tokenProfileName: 'inner', ...issueWith },
      { keyRingName: 'recipients', operations: ['DECRYPT'] },
    ],
  });
  const { body } = await issue('inner', token ?? '');
  expect(decodeProtectedHeader(body.token)).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A128CBC-HS256' });
  const opened = await operate(nodes[1]?.operations[0] ?? '', 'key-rings/recipients/decrypt', {
    token: token ?? '',
    body: { jwe: body.token },
  });
  const jws = Buffer.from(opened.body.plaintextBase64, 'base64').toString();
  expect((await jwtVerify(jws, await keySet())).payload.aud).toBe('us');
});

test('what is not granted issues nothing, and ISSUE signs nothing else', async () => {
  await made('token-profiles', { name: 'closed', keyRingName: 'signing', issuer, audiences: ['a'] });
  const token = await application('outsider', 'access');
  for (const name of ['closed', 'none']) {
    const { status, body } = await issue(name, token);
    expect([status, body.error]).toEqual([403, 'forbidden']);
  }
  const at = nodes[0]?.operations[0] ?? '';
  const ofAnother = await operate(at, '../Other/token-profiles/access/tokens', { token, body: {} });
  expect(ofAnother.status).toBe(403);
  const signed = await operate(at, 'key-rings/signing/sign', { token, body: { claims: {} } });
  expect(signed.status).toBe(403);
});

// The last: its environment has no nodes, so that nothing is deployed completely from here on.
test('a node that lacks the ring of a profile says so', async () => {
  await api('POST', '/apiops/environments/', { name: 'elsewhere', type: 'TEST' });
  const ring = { name: 'local', type: 'EC', ec: { curveType: 'P256' }, environmentNames: ['elsewhere'] };
  await api('POST', `${base}/key-rings/`, ring);
  const profile = { name: 'local', keyRingName: 'local', issuer, audiences: ['a'] };
  await api('POST', `${base}/token-profiles/`, profile);
  const grants = [{ tokenProfileName: 'local', ...issueWith }];
  const { body: granted } = await api('POST', `${base}/applications/`, { name: 'local', grants });
  const { status, body } = await issue('local', granted.token);
  expect([status, body.error_description, body.reason]).toEqual([
    503,
    'This node does not have the key ring of token profile (name: local)!',
    'NO_ACTIVE_KEY',
  ]);
});
