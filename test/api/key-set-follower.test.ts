// How the manager follows the key sets of issuers where rows were altered, issuers hang or answer too much.

import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { deployedApplication } from './support/deployed-application.ts';
import { makeCurveKey, publicHalf } from './support/sample-keys.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let server: HttpTestServer;
type Page = (request: IncomingMessage, response: ServerResponse) => void;
const pages = new Map<string, Page>();

const json =
  (document: unknown): Page =>
  (_request, response) =>
    response.writeHead(200).end(JSON.stringify(document));
const publicKey = (kid: string) => ({ ...publicHalf(makeCurveKey('P-256')), kid });
const uriOf = (path: string) => `${server.origin}${path}`;

beforeAll(async () => {
  world = await startTestManager({
    environments: ['gate'],
    projects: ['MyProject', 'Other'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  server = await startHttpServer((request, response) => {
    const page = pages.get(request.url ?? '');
    if (page) page(request, response);
    else response.writeHead(404).end();
  });
});

afterAll(async () => {
  await world?.close();
  await server?.close();
});

async function ok(method: string, path: string, body?: object) {
  const answer = await world.api(method, `${base}${path}`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

const jwt = (issuer: string, over: object) => {
  return { type: 'JWT', issuer, audience: 'keyplane', subject: 'a', ...over };
};

async function comeDue(...paths: readonly string[]) {
  for (const path of paths) {
    await world.raw(`update issuer_key_sets set refresh_at = 1 where jwks_uri = '${uriOf(path)}'`);
  }
  await world.manager.services.keySetFollower.followDue();
}

const alter = (path: string) =>
  world.raw(`update issuer_key_sets set keys = '[]' where jwks_uri = '${uriOf(path)}'`);

test('two altered sets of one application are both replaced', async () => {
  const keys = [publicKey('a'), publicKey('b')];
  for (const [index, path] of ['/a', '/b'].entries()) pages.set(path, json({ keys: [keys[index]] }));
  await ok('POST', '/applications/', {
    name: 'both',
    credentials: ['/a', '/b'].map((path) => jwt(path, { jwksUri: uriOf(path) })),
  });
  await alter('/a');
  await alter('/b');
  await comeDue('/a', '/b');
  const { credentials } = await deployedApplication(world, 'both');
  expect(credentials).toMatchObject(keys.map((key) => ({ keys: [key] })));
});

test('an altered set does not reject changes of other objects that its application names', async () => {
  const keyOf = (kid: string) => ({ sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(publicKey(kid)) });
  for (const name of ['trusted', 'granted']) await ok('POST', '/jwks/', { name, ...keyOf(name) });
  const ring = { type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } };
  await ok('POST', '/key-rings/', { name: 'ring', ...ring });
  pages.set('/c', json({ keys: [publicKey('c')] }));
  await ok('POST', '/applications/', {
    name: 'mixed',
    credentials: [jwt('c', { jwksUri: uriOf('/c') }), jwt('d', { jwkName: 'trusted' })],
    grants: [
      { jwkName: 'granted', operations: ['VERIFY'] },
      { keyRingName: 'ring', operations: ['SIGN'] },
    ],
  });
  await alter('/c');
  await ok('PUT', '/jwks/trusted/', keyOf('again'));
  await ok('DELETE', '/jwks/granted/');
  await ok('DELETE', '/key-rings/ring/?force=true&reason=no%20longer');
  await comeDue('/c');
  const { credentials, grants } = await deployedApplication(world, 'mixed');
  expect(credentials).toMatchObject([{ keys: [{ kid: 'c' }] }, { keys: [{ kid: 'again' }] }]);
  expect(grants).toEqual([]);
});

test('a set of more than 64 KiB is rejected at its member, and fails where it has grown', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey.export({ format: 'jwk' });
  const large = Array.from({ length: 90 }, (_, index) => ({ ...rsa, kid: `${index}${'x'.repeat(200)}` }));
  pages.set('/large', json({ keys: large }));
  const body = { name: 'large', credentials: [jwt('large', { jwksUri: uriOf('/large') })] };
  const rejected = await world.api('POST', `${base}/applications/`, body);
  expect([rejected.status, rejected.body.member]).toEqual([400, 'credentials[0].jwksUri']);
  pages.set('/large', json({ keys: large.slice(0, 60) }));
  await ok('POST', '/applications/', body);
  pages.set('/large', json({ keys: large }));
  await comeDue('/large');
  const { resultList } = await ok('GET', '/applications/large/');
  const stateReason = expect.stringMatching(/more than 64 KiB/);
  expect(resultList[0].keySets).toMatchObject([{ state: 'FAILING', stateReason, keyCount: 60 }]);
  const credentials = Array.from({ length: 25 }, (_, index) =>
    jwt(`large-${index}`, { jwksUri: uriOf('/large') }),
  );
  pages.set('/large', json({ keys: large.slice(0, 60) }));
  const many = await world.api('POST', `${base}/applications/`, { name: 'many', credentials });
  expect([many.status, many.body.member]).toEqual([400, 'credentials']);
});

test('a project has at most two fetches at the same time, and failures are retried less and less', async () => {
  const paths = ['/p0', '/p1', '/p2', '/p3'];
  for (const path of paths) pages.set(path, json({ keys: [publicKey(path)] }));
  const credentials = paths.map((path) => jwt(path, { jwksUri: uriOf(path) }));
  await ok('POST', '/applications/', { name: 'slow', credentials });
  let [open, most] = [0, 0];
  for (const path of paths) {
    pages.set(path, (_request, response) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => setImmediate(() => response.writeHead(503).end()));
      response.on('close', () => {
        open -= 1;
      });
    });
  }
  await comeDue(...paths);
  expect(most).toBeLessThanOrEqual(2);
  const waits = async () => {
    const where = `jwks_uri = '${uriOf('/p0')}'`;
    const [row] = await world.raw(`select refresh_at from issuer_key_sets where ${where}`);
    return Number(row?.refresh_at) - Date.now();
  };
  expect(await waits()).toBeLessThanOrEqual(60_000);
  await world.raw(`update issuer_key_sets set state_since = 1 where jwks_uri = '${uriOf('/p0')}'`);
  await comeDue('/p0');
  expect(await waits()).toBeGreaterThan(200_000);
});

test('a followed set that grows beyond the 1 MiB of an application fails, and the former keys stay', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey.export({ format: 'jwk' });
  const keys = Array.from({ length: 80 }, (_, index) => ({ ...rsa, kid: `${index}${'x'.repeat(200)}` }));
  const [small, large] = [keys.slice(0, 60), keys];
  // 60 keys have 45 KiB: 20 credentials are below 1 MiB with them, and above it with 80.
  const credentials = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      jwt(`growing-${count}-${index}`, { jwksUri: uriOf('/growing') }),
    );
  pages.set('/growing', json({ keys: small }));
  await ok('POST', '/applications/', { name: 'growing', credentials: credentials(20) });
  await ok('POST', '/applications/', { name: 'growing-less', credentials: credentials(1) });
  const keyCounts = async (name: string) => {
    const { credentials: deployed } = await deployedApplication(world, name);
    return new Set((deployed ?? []).map((one) => ('keys' in one ? one.keys.length : 0)));
  };
  const stateOf = async () => (await ok('GET', '/applications/growing/')).resultList[0].keySets[0];
  pages.set('/growing', json({ keys: large }));
  await comeDue('/growing');
  const stateReason =
    'The keys of all credentials of application (name: growing) together cannot be larger than 1 MiB!';
  expect(await stateOf()).toMatchObject({ state: 'FAILING', stateReason, keyCount: 60 });
  expect(await keyCounts('growing')).toEqual(new Set([60]));
  expect(await keyCounts('growing-less')).toEqual(new Set([60]));
  // A request that fetches the failing set again does not deploy it to the others either.
  const third = {
    name: 'growing-third',
    credentials: [jwt('growing-third', { jwksUri: uriOf('/growing') })],
  };
  const rejected = await world.api('POST', `${base}/applications/`, third);
  expect([rejected.status, rejected.body.error_description]).toEqual([400, stateReason]);
  pages.set('/growing', json({ keys: small.slice(0, 59) }));
  await comeDue('/growing');
  expect(await stateOf()).toMatchObject({ state: 'FRESH', stateReason: null, keyCount: 59 });
  expect(await keyCounts('growing')).toEqual(new Set([59]));
});

test('keys of an issuer are not stored for a project whose row was altered, and their state says why', async () => {
  pages.set('/of-altered', json({ keys: [publicKey('former')] }));
  await ok('POST', '/applications/', {
    name: 'of-altered',
    credentials: [jwt('/of-altered', { jwksUri: uriOf('/of-altered') })],
  });
  const stored = async () => {
    const [row] = await world.raw(
      `select keys, state, state_reason from issuer_key_sets where jwks_uri = '${uriOf('/of-altered')}'`,
    );
    return row;
  };
  const before = await stored();
  pages.set('/of-altered', json({ keys: [publicKey('next')] }));
  await world.raw(`update projects set publish_key_types = '["RSA"]' where name = 'MyProject'`);
  await comeDue('/of-altered');
  const reason = expect.stringContaining('Project (name: MyProject) was altered in the database');
  expect(await stored()).toEqual({ keys: before?.keys, state: 'FAILING', state_reason: reason });
  await ok('PUT', '/', { publishKeyTypes: null, historicalKeyRingName: null });
  await comeDue('/of-altered');
  expect(await stored()).toMatchObject({ state: 'FRESH', keys: expect.stringContaining('next') });
});
