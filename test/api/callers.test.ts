// Callers of operations over a real manager and a real node: tokens, JWTs, client certificates, rates, and their end.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { operate } from '../node/support/operations.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';
import { type Authority, createAuthority, type Pair } from '../tls/support/certificates.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;
let node: RunningNode;
let tlsNode: RunningNode;
let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
  const tls = await authority.issue('node', ['IP:127.0.0.1']);
  world = await startTestManager({ environments: ['gate'] });
  ({ api } = world);
  node = await world.addNode('gate', 'g1', { operations: { port: 0 } });
  tlsNode = await world.addNode('gate', 'g2', {
    operations: { port: 0, tls: { ...tls, clientCaFile: authority.caFile } },
  });
  await change('POST', `${base}/key-rings/`, {
    name: 'tokens',
    type: 'EC',
    ec: { curveType: 'P256', algorithm: 'ES256' },
    verifierCacheTime: 'PT0S',
  });
});

afterAll(async () => {
  await world?.close();
  await authority?.remove();
});

async function change(method: string, path: string, body?: unknown) {
  const answer = await api(method, path, body);
  expect([answer.status, answer.body]).toMatchObject([
    200,
    { success: true, deploymentResult: { success: true } },
  ]);
  return answer.body;
}

const grants = [{ keyRingName: 'tokens', operations: ['SIGN'] }];

async function statusOf(token: string): Promise<number> {
  const [url = ''] = node.operations;
  return (await operate(url, 'key-rings/tokens/sign', { token, body: { claims: {} } })).status;
}

/** At the node that asks for client certificates. */
async function statusWith(pair: Pair): Promise<number> {
  const { port } = new URL(tlsNode.operations[0] ?? '');
  const sent = request({
    host: '127.0.0.1',
    port,
    path: '/projects/MyProject/key-rings/tokens/sign',
    method: 'POST',
    ca: await readFile(authority.caFile),
    cert: await readFile(pair.certFile),
    key: await readFile(pair.keyFile),
    headers: { 'Content-Type': 'application/json' },
    agent: new Agent({ maxCachedSessions: 0 }),
  });
  sent.end('{"claims":{}}');
  // Of a connection that ends once the response has begun, which `once` no longer hears.
  sent.on('error', () => undefined);
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
}

test('an application is known by a JWT of an issuer whose key is a JWK of the project, until that ends', async () => {
  await change('POST', `${base}/jwks/generate`, {
    name: 'issuer-key',
    type: 'EC',
    ec: { curveType: 'P256', algorithm: 'ES256', keyIdType: 'SHA256' },
  });
  const { token } = await change('POST', `${base}/applications/`, {
    name: 'issuer',
    grants: [{ jwkName: 'issuer-key', operations: ['SIGN'] }],
  });
  const issue = async (sub: string): Promise<string> => {
    const claims = { iss: 'https://issuer.example', aud: 'keyplane', sub };
    const [url = ''] = node.operations;
    return (await operate(url, 'jwks/issuer-key/sign', { token, body: { claims } })).body.jws;
  };
  const jwt = await issue('system:serviceaccount:shop:checkout');
  expect(await statusOf(jwt)).toBe(401);
  const credential = {
    type: 'JWT',
    issuer: 'https://issuer.example',
    audience: 'keyplane',
    subject: 'system:serviceaccount:shop:*',
    jwkName: 'issuer-key',
  };
  await change('POST', `${base}/applications/`, { name: 'workload', credentials: [credential], grants });
  expect(await statusOf(jwt)).toBe(200);
  expect(await statusOf(jwt)).toBe(200);
  expect(await statusOf(await issue('system:serviceaccount:other:checkout'))).toBe(401);
  await change('PUT', `${base}/applications/workload/`, {
    credentials: [{ ...credential, singleUse: true }],
  });
  expect([await statusOf(jwt), await statusOf(jwt)]).toEqual([200, 401]);
  await change('DELETE', `${base}/applications/workload/`);
  expect(await statusOf(await issue('system:serviceaccount:shop:checkout'))).toBe(401);
});

test('an application is known by its client certificate, until its credential is removed', async () => {
  const uriSan = 'spiffe://example.org/ns/shop/sa/checkout';
  const pair = await authority.issue('checkout', [`URI:${uriSan}`]);
  expect(await statusWith(pair)).toBe(401);
  await change('POST', `${base}/applications/`, {
    name: 'certified',
    credentials: [{ type: 'MTLS', uriSan }],
    grants,
  });
  expect(await statusWith(pair)).toBe(200);
  await change('PUT', `${base}/applications/certified/`, {
    credentials: [{ type: 'MTLS', uriSan: `${uriSan}-2` }],
  });
  expect(await statusWith(pair)).toBe(401);
});

test('a grant has a rate at each node', async () => {
  const { token } = await change('POST', `${base}/applications/`, {
    name: 'slow',
    grants: [{ ...grants[0], ratePerSecond: 0.01, burst: 2 }],
  });
  expect([await statusOf(token), await statusOf(token), await statusOf(token)]).toEqual([200, 200, 429]);
});
