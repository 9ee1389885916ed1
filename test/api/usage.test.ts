// Who used which key: what the API lists, what it filters by, and how it guards a delete.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kubernetesApplication } from '../../src/protocol/content.ts';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';

const base = '/apiops/projects/MyProject';
const dayMs = 24 * 3600 * 1000;
const minuteMs = 60_000;
/** Of all tests of the file, also where a day ends meanwhile. */
const today = Math.floor(Date.now() / dayMs) * dayMs;
/** The middle of a day in UTC, this number of days ago. */
const daysAgo = (days: number) => new Date(today - days * dayMs + dayMs / 2 - (days === 0 ? dayMs / 2 : 0));
let world: TestManager;
let api: Api;

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'], projects: ['MyProject', 'Other'] });
  ({ api } = world);
  for (const name of ['used', 'idle', 'fresh', 'long-ago']) {
    await ok('POST', `${base}/jwks/generate`, {
      name,
      type: 'EC',
      ec: { curveType: 'P256', algorithm: 'ES256' },
    });
  }
  for (const name of ['ring', 'idle-ring']) {
    await ok('POST', `${base}/key-rings/`, {
      name,
      type: 'EC',
      ec: { curveType: 'P256', algorithm: 'ES256' },
    });
  }
  for (const name of ['shop', 'going', 'idle-app']) await ok('POST', `${base}/applications/`, { name });
  await ok('POST', '/apiops/projects/Other/jwks/generate', {
    name: 'used',
    type: 'EC',
    ec: { curveType: 'P256', algorithm: 'ES256' },
  });
  await world.raw(`update jwks set created_at = ${daysAgo(200).getTime()} where name <> 'fresh'`);
  await world.raw(`update applications set created_at = ${daysAgo(200).getTime()}`);
  await world.raw(`update key_rings set created_at = ${daysAgo(200).getTime()}`);
  await world.manager.services.store.write((stores) => stores.macs.fillIn());
  await use({ application: 'shop', jwk: 'used', at: daysAgo(0), count: 2 });
  await use({ application: 'shop', jwk: 'used', at: daysAgo(10), count: 3 });
  await use({ application: 'shop', jwk: 'used', at: daysAgo(0), count: 1, outcome: 'REFUSED' });
  await use({ application: 'going', jwk: 'used', at: daysAgo(20), count: 7 });
  await use({ application: 'shop', jwk: 'ring.1', at: daysAgo(0), count: 4, operation: 'VERIFY' });
  await use({ application: 'shop', jwk: 'long-ago', at: daysAgo(100), count: 5 });
});

afterAll(() => world?.close());

async function ok(method: string, path: string, body?: object) {
  const answer = await api(method, path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

interface Use {
  readonly application: string;
  readonly jwk: string;
  readonly at: Date;
  readonly count: number;
  readonly operation?: string;
  readonly outcome?: string;
}

/** As a node reports it. */
async function use({ application, jwk, at, count, operation = 'SIGN', outcome = 'SUCCEEDED' }: Use) {
  await world.manager.services.store.write(async (stores) => {
    const projects = await stores.projects.list();
    const projectId = projects.find(({ name }) => name === 'MyProject')?.id ?? '';
    const applicationId = (await stores.applications.find(projectId, application))?.id ?? '';
    const jwkId = (await stores.jwks.find(projectId, jwk))?.id ?? '';
    const lastUsedAt = new Date(Math.floor(at.getTime() / minuteMs) * minuteMs);
    await stores.applications.addUsage([{ applicationId, jwkId, operation, outcome, count, lastUsedAt }]);
  });
}

const list = async (query = '') => (await ok('GET', `${base}/usage/${query}`)).resultList;
const names = async (path: string) =>
  (await ok('GET', `${base}/${path}`)).resultList.map(({ name }: { name: string }) => name).sort();
const day = (days: number) => daysAgo(days).toISOString().slice(0, 10);

test('the usage names application, JWK and key ring, the latest first', async () => {
  const { resultList, resultCount } = await ok('GET', `${base}/usage/?sort=count,desc`);
  expect(resultCount).toBe(5);
  expect(resultList[0]).toEqual({
    applicationName: 'going',
    jwkName: 'used',
    keyRingName: null,
    operation: 'SIGN',
    outcome: 'SUCCEEDED',
    count: 7,
    lastUsedAt: daysAgo(20).toISOString(),
  });
  const [latest] = await list();
  expect(latest.lastUsedAt).toBe(daysAgo(0).toISOString());
  expect(resultList).toContainEqual(
    expect.objectContaining({ jwkName: 'ring.1', keyRingName: 'ring', operation: 'VERIFY', count: 4 }),
  );
  const paged = await ok('GET', `${base}/usage/?page=2&size=2`);
  expect(paged.resultList).toHaveLength(2);
  expect(paged.resultCount).toBe(5);
  expect((await ok('GET', '/apiops/projects/Other/usage/')).resultCount).toBe(0);
});

test('the usage is filtered by JWK, key ring and application', async () => {
  const counts = async (query: string) =>
    (await list(query)).map(({ count }: { count: number }) => count).sort((a: number, b: number) => a - b);
  expect(await counts('?jwkName=used')).toEqual([1, 5, 7]);
  expect(await counts('?keyRingName=ring')).toEqual([4]);
  expect(await counts('?applicationName=going')).toEqual([7]);
  expect(await counts('?applicationName=going&jwkName=long-ago')).toEqual([]);
  for (const [query, text] of [
    ['jwkName=none', 'JWK (name: none) is not found!'],
    ['keyRingName=none', 'Key ring (name: none) is not found!'],
    ['applicationName=none', 'Application (name: none) is not found!'],
    ['from=yesterday', /^from \(yesterday\) is not valid!/],
    ['from=2026-02-31', /^from \(2026-02-31\) is not valid!/],
    ['from=2026-02-02&to=2026-02-01', 'from must not be later than to!'],
  ] as const) {
    const { status, body } = await api('GET', `${base}/usage/?${query}`);
    expect(status).toBe(400);
    expect(body.error_description).toEqual(text instanceof RegExp ? expect.stringMatching(text) : text);
  }
});

test('from and to count the days between, both included', async () => {
  const signed = async (query: string) =>
    (await list(`?jwkName=used&applicationName=shop&${query}`))
      .filter(({ outcome }: { outcome: string }) => outcome === 'SUCCEEDED')
      .map(({ count, lastUsedAt }: { count: number; lastUsedAt: string }) => [count, lastUsedAt]);
  expect(await signed(`from=${day(10)}&to=${day(10)}`)).toEqual([[3, daysAgo(10).toISOString()]]);
  expect(await signed(`from=${day(9)}`)).toEqual([[2, daysAgo(0).toISOString()]]);
  expect(await signed(`to=${day(11)}`)).toEqual([]);
  expect(await signed(`from=${daysAgo(10).toISOString()}`)).toEqual([[5, daysAgo(0).toISOString()]]);
});

test('JWKs, members and applications show when they were last used', async () => {
  const jwk = async (name: string) => (await ok('GET', `${base}/jwks/${name}/`)).resultList[0].lastUsedAt;
  expect(await jwk('used')).toBe(daysAgo(0).toISOString());
  expect(await jwk('idle')).toBeNull();
  const listed = (await ok('GET', `${base}/jwks/?search=long-ago`)).resultList[0];
  expect(listed.lastUsedAt).toBe(daysAgo(100).toISOString());
  const ring = (await ok('GET', `${base}/key-rings/ring/`)).resultList[0];
  expect(ring.members[0].lastUsedAt).toBe(daysAgo(0).toISOString());
  const application = (await ok('GET', `${base}/applications/going/`)).resultList[0];
  expect(application.lastUsedAt).toBe(daysAgo(20).toISOString());
});

test('the lists are filtered by what was not used for a number of days', async () => {
  expect(await names('jwks/?unusedForDays=90')).toEqual([
    'idle',
    'idle-ring.1',
    'idle-ring.2',
    'long-ago',
    'ring.2',
  ]);
  expect(await names('jwks/?unusedForDays=120')).not.toContain('long-ago');
  expect(await names('key-rings/?unusedForDays=90')).toEqual(['idle-ring']);
  expect(await names('applications/?unusedForDays=90')).toEqual(['idle-app']);
  expect(await names('applications/?unusedForDays=15')).toEqual(['going', 'idle-app']);
  expect(await names('applications/?unusedForDays=201')).toEqual([]);
  for (const days of ['0', '-1', 'x', '3651']) {
    const { status, body } = await api('GET', `${base}/jwks/?unusedForDays=${days}`);
    expect([status, body.member]).toEqual([400, 'unusedForDays']);
  }
});

test('a JWK that was used in the last 7 days is deleted only with force and a reason', async () => {
  const path = `${base}/jwks/used/`;
  const rejected = await api('DELETE', path);
  expect(rejected.status).toBe(400);
  expect(rejected.body).toMatchObject({
    error: 'bad_request',
    reason: 'STILL_NEEDED',
    member: 'force',
    error_description: `JWK (name: used) was used by application (name: shop) at ${daysAgo(0)
      .toISOString()
      .replace('.000Z', 'Z')}! Give force and a reason to delete it all the same.`,
  });
  for (const query of ['?force=true', '?force=true&reason=no']) {
    const { status, body } = await api('DELETE', `${path}${query}`);
    expect([status, body.error_description]).toEqual([400, 'reason must have 3 to 500 characters!']);
  }
  expect((await api('DELETE', `${base}/jwks/long-ago/`)).status).toBe(200);
});

test('an application is deleted at once, and what it used keeps its counts', async () => {
  await ok('DELETE', `${base}/applications/shop/`);
  const rejected = await api('DELETE', `${base}/jwks/used/`);
  expect(rejected.body.error_description).toMatch(/was used by an application that was deleted at /);
  const byDay = await list(`?jwkName=used&from=${day(10)}&to=${day(10)}`);
  expect(byDay).toEqual([expect.objectContaining({ applicationName: null, count: 3 })]);
  await ok('DELETE', `${base}/jwks/used/?force=true&reason=it%20leaked`);
  const audit = await ok('GET', '/apiops/audit/?size=20');
  expect(audit.resultList).toContainEqual(
    expect.objectContaining({
      action: 'jwk.delete',
      objectName: 'used',
      details: expect.objectContaining({ force: true, reason: 'it leaked' }),
    }),
  );
  expect(await list()).toEqual([expect.objectContaining({ jwkName: 'ring.1', applicationName: null })]);
});

test('what is known by day is forgotten by its oldest day, totals are not', async () => {
  const { store } = world.manager.services;
  const prune = () => store.write(({ applications }) => applications.pruneUsageDays(daysAgo(-1), 200));
  expect(await prune()).toBeGreaterThan(0);
  expect(await prune()).toBe(0);
  expect(await list(`?from=${day(400)}`)).toEqual([]);
  expect(await list()).toHaveLength(1);
});

test('reading the usage takes the role that reads keys', async () => {
  const reader = await world.as('reader', { project: 'MyProject', roles: ['ROLE_API_SECURITY'] });
  expect((await reader('GET', `${base}/usage/`)).status).toBe(200);
  const other = await world.as('other', { project: 'MyProject', roles: ['ROLE_MANAGE_PROXIES'] });
  expect((await other('GET', `${base}/usage/`)).status).toBe(403);
});

test('what the Kubernetes signer of a node used is listed as application kubernetes', async () => {
  expect((await api('GET', `${base}/usage/?applicationName=kubernetes`)).body.resultList).toEqual([]);
  await world.manager.services.store.write(async (stores) => {
    const projects = await stores.projects.list();
    const projectId = projects.find(({ name }) => name === 'MyProject')?.id ?? '';
    const jwkId = (await stores.jwks.find(projectId, 'idle-ring.1'))?.id ?? '';
    const use = { applicationId: kubernetesApplication, jwkId, operation: 'SIGN', outcome: 'SUCCEEDED' };
    await stores.applications.addUsage([{ ...use, count: 6, lastUsedAt: daysAgo(3) }]);
  });
  const used = { applicationName: 'kubernetes', jwkName: 'idle-ring.1', keyRingName: 'idle-ring', count: 6 };
  expect(await list('?applicationName=kubernetes')).toEqual([expect.objectContaining(used)]);
  expect(await list('?keyRingName=idle-ring')).toEqual([expect.objectContaining(used)]);
});

test('a token that a node issues for an outlet counts for its key ring, by the name of the outlet', async () => {
  const outletDir = join(world.dataDir, 'outlets');
  await world.addNode('gate', 'with-outlets', { outletDir, timing: { usageMs: 50 } });
  const policy = { verifierCacheTime: 'PT0S', clockSkew: 'PT0S' };
  await ok('POST', `${base}/key-rings/`, {
    name: 'tokens',
    type: 'EC',
    ec: { curveType: 'P256' },
    ...policy,
  });
  await ok('POST', `${base}/token-profiles/`, {
    name: 'to-stock',
    keyRingName: 'tokens',
    issuer: 'https://issuer.example',
    audiences: ['stock'],
    subject: { mode: 'FIXED', value: 'orders' },
  });
  await ok('POST', `${base}/outlets/`, {
    name: 'envoy',
    kind: 'ENVOY',
    content: 'TOKEN',
    source: { tokenProfileName: 'to-stock' },
    target: { path: 'envoy/token.json', secretName: 'orders' },
  });
  await until(async () => (await list('?keyRingName=tokens')).length > 0, 'the use is reported');
  expect(await list('?keyRingName=tokens')).toEqual([
    expect.objectContaining({
      applicationName: null,
      outletName: 'envoy',
      jwkName: 'tokens.1',
      operation: 'ISSUE',
      outcome: 'SUCCEEDED',
    }),
  ]);
  await ok('DELETE', `${base}/outlets/envoy/`);
  expect(await list('?keyRingName=tokens')).toEqual([
    expect.not.objectContaining({ outletName: expect.anything() }),
  ]);
});
