// From a ring to a verified token over real nodes, and what the manager knows of the use of keys afterwards.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { operate } from '../node/support/operations.ts';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;
let nodes: readonly RunningNode[];

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'] });
  ({ api } = world);
  const options = { operations: { port: 0 }, timing: { usageMs: 50 } };
  nodes = [await world.addNode('gate', 'g1', options), await world.addNode('gate', 'g2', options)];
});

afterAll(() => world?.close());

const both = ['SIGN', 'VERIFY'];

async function createRing(name: string): Promise<void> {
  const { status, body } = await api('POST', `${base}/key-rings/`, {
    name,
    type: 'EC',
    ec: { curveType: 'P256', algorithm: 'ES256' },
    verifierCacheTime: 'PT0S',
  });
  expect([status, body]).toMatchObject([200, { success: true, deploymentResult: { success: true } }]);
}

async function createApplication(name: string, grants: readonly object[]): Promise<string> {
  const { body } = await api('POST', `${base}/applications/`, { name, grants });
  expect(body).toMatchObject({ success: true, deploymentResult: { success: true } });
  return body.token;
}

const at = (node: number, path: string, token: string, body: unknown) =>
  operate(nodes[node]?.operations[0] ?? '', path, { token, body });

const detail = async (path: string) => (await api('GET', `${base}/${path}/`)).body.resultList[0];

test('a token that one node signed is valid at the other, and the manager counts both', async () => {
  await createRing('signing');
  const token = await createApplication('issuer', [{ keyRingName: 'signing', operations: both }]);
  const signed = await at(0, 'key-rings/signing/sign', token, { claims: { sub: 'ada' } });
  expect(signed.status).toBe(200);
  const { jws } = signed.body;
  const verified = await at(1, 'key-rings/signing/verify', token, { jws });
  expect(verified.body).toMatchObject({ valid: true, keyState: 'ACTIVE', claims: { sub: 'ada' } });
  await at(1, 'key-rings/signing/verify', token, { jws: `${jws.slice(0, -4)}AAAA` });
  await at(1, 'key-rings/signing/sign', token, { claims: { exp: 1 } });

  await until(async () => (await detail('applications/issuer')).usage.length === 4, 'the use is reported');
  const { usage, lastUsedAt } = await detail('applications/issuer');
  const count = { keyName: 'signing.1', count: 1, lastUsedAt: expect.stringMatching(/:00\.000Z$/) };
  expect(usage).toEqual([
    { ...count, operation: 'SIGN', outcome: 'REFUSED' },
    { ...count, operation: 'SIGN', outcome: 'SUCCEEDED' },
    { ...count, operation: 'VERIFY', outcome: 'REFUSED' },
    { ...count, operation: 'VERIFY', outcome: 'SUCCEEDED' },
  ]);
  // A minute may have ended meanwhile.
  const times: readonly string[] = usage.map((use: { lastUsedAt: string }) => use.lastUsedAt);
  expect(lastUsedAt).toBe(times.toSorted().at(-1));
  const { members } = await detail('key-rings/signing');
  expect(members[0]).toMatchObject({ jwkName: 'signing.1', state: 'ACTIVE', lastUsedAt });
  expect(members[1]).toMatchObject({ jwkName: 'signing.2', lastUsedAt: null });
});

test('a member of a ring is granted with its ring, never by itself', async () => {
  await createRing('whole');
  const grants = [{ jwkName: 'whole.1', operations: ['SIGN'] }];
  const { status, body } = await api('POST', `${base}/applications/`, { name: 'sneaky', grants });
  expect([status, body.error_description, body.member]).toEqual([
    400,
    'JWK (name: whole.1) belongs to key ring (name: whole)!',
    'grants[0].jwkName',
  ]);
  expect((await api('PUT', `${base}/applications/issuer/`, { grants })).status).toBe(400);
});

test('a node that has a new token refuses the old one, and a deleted application has none', async () => {
  await createRing('rolling');
  const first = await createApplication('rolling', [{ keyRingName: 'rolling', operations: ['SIGN'] }]);
  const status = async (token: string) =>
    (await at(0, 'key-rings/rolling/sign', token, { claims: {} })).status;
  const { token: second } = (await api('POST', `${base}/applications/rolling/token`)).body;
  expect([await status(first), await status(second)]).toEqual([401, 200]);
  const { token: third } = (await api('POST', `${base}/applications/rolling/token`, { overlap: 'PT1H' }))
    .body;
  expect([await status(second), await status(third)]).toEqual([200, 200]);
  await api('DELETE', `${base}/applications/rolling/`);
  expect([await status(second), await status(third)]).toEqual([401, 401]);
});

test('a JWK that a ring adopts takes its grants into the ring, and a deleted ring ends them', async () => {
  await api('POST', `${base}/jwks/generate`, {
    name: 'grown',
    type: 'EC',
    ec: { curveType: 'P256', algorithm: 'ES256', keyIdType: 'SHA256' },
  });
  const token = await createApplication('old', [{ jwkName: 'grown', operations: both }]);
  const { jws } = (await at(0, 'jwks/grown/sign', token, { claims: {} })).body;
  const adopted = await api('POST', `${base}/jwks/grown/adopt`, { ringName: 'adult' });
  expect(adopted.body).toMatchObject({ success: true });
  expect((await detail('applications/old')).grants).toEqual([{ keyRingName: 'adult', operations: both }]);
  expect((await at(1, 'jwks/grown/sign', token, { claims: {} })).status).toBe(403);
  expect((await at(1, 'key-rings/adult/verify', token, { jws })).body).toMatchObject({ valid: true });
  const deleted = await api('DELETE', `${base}/key-rings/adult/?force=true&reason=not+needed`);
  expect(deleted.body).toMatchObject({ success: true });
  expect((await detail('applications/old')).grants).toEqual([]);
  expect((await at(1, 'key-rings/adult/verify', token, { jws })).status).toBe(403);
});

test('a revoked key signs nothing, and what it signed is refused by its reason', async () => {
  await createRing('stolen');
  const token = await createApplication('victim', [{ keyRingName: 'stolen', operations: both }]);
  const first = (await at(0, 'key-rings/stolen/sign', token, { claims: {} })).body;
  const revoked = await api('POST', `${base}/key-rings/stolen/revoke`, {
    kid: first.kid,
    reason: 'COMPROMISED',
  });
  expect(revoked.status).toBe(200);
  await until(async () => {
    const { body } = await at(1, 'key-rings/stolen/verify', token, { jws: first.jws });
    return body.reason === 'KEY_REVOKED';
  }, 'the revocation arrives');
  const second = (await at(0, 'key-rings/stolen/sign', token, { claims: {} })).body;
  expect(second.kid).not.toBe(first.kid);
  const verified = await at(1, 'key-rings/stolen/verify', token, { jws: second.jws });
  expect(verified.body).toMatchObject({ valid: true });
});
