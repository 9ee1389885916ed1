// Events through the API: what happened, in order, and what is no longer kept.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventLimits } from '../../src/events/delete-ended-events.ts';
import { recordEvent } from '../../src/events/record-event.ts';
import { ExpirationWatch } from '../../src/jwks/expiration/expiration-watch.ts';
import { Lease } from '../../src/leases/lease.ts';
import type { RunningNode } from '../../src/node/start-node.ts';
import { recordExamination } from '../../src/rings/record-ring-events.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';
import { noCaches } from './rings/support/ring-api.ts';

const base = '/apiops/projects/MyProject';
const dayMs = 86_400_000;
let world: TestManager;
let api: Api;
let node: RunningNode;

beforeAll(async () => {
  world = await startTestManager({
    environments: ['gate'],
    projects: ['MyProject', 'Other', 'Busy'],
    settings: noCaches,
  });
  ({ api } = world);
  node = await world.addNode('gate', 'g1');
});
afterAll(() => world?.close());

const failed = (error: unknown) => {
  throw error;
};

interface Event {
  readonly sequence: number;
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Record<string, unknown>;
}

async function eventsOf(objectName: string, query = ''): Promise<readonly Event[]> {
  const { status, body } = await api('GET', `${base}/events/?limit=1000${query}`);
  expect(status).toBe(200);
  return body.resultList.filter(({ data }: Event) => data.objectName === objectName);
}

const types = (events: readonly Event[]) => events.map(({ type }) => type);
const generate = (name: string, expirationTime?: Date) =>
  api('POST', `${base}/jwks/generate`, {
    name,
    type: 'EC',
    ec: { curveType: 'P256', ...(expirationTime && { expirationTime: expirationTime.toISOString() }) },
  });
const newest = async () => (await api('GET', `${base}/events/`)).body.newestSequence;

test('a JWK that is created, updated and deleted is three events in order', async () => {
  await generate('plain');
  const [{ kid }] = (await api('GET', `${base}/jwks/plain/?publicOnly=true`)).body.resultList;
  await api('PUT', `${base}/jwks/plain/`, { description: 'another' });
  await api('DELETE', `${base}/jwks/plain/`);
  const events = await eventsOf('plain');
  expect(types(events)).toEqual(['jwk.created', 'jwk.updated', 'jwk.deleted']);
  const [created] = events;
  expect(created).toEqual({
    sequence: expect.any(Number),
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/),
    type: 'jwk.created',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    data: { projectName: 'MyProject', objectType: 'jwk', objectName: 'plain', kid, sourceType: 'GENERATE' },
  });
  expect(new Set(events.map(({ id }) => id)).size).toBe(3);
});

test('a change that is rejected is no event', async () => {
  await generate('taken');
  const before = await newest();
  expect((await generate('taken')).status).toBe(400);
  expect((await api('DELETE', `${base}/jwks/unknown/`)).status).toBe(400);
  expect(await newest()).toBe(before);
});

test('the keys of a ring are events of the ring, in the order of their states', async () => {
  const policy = { verifierCacheTime: 'PT0S', clockSkew: 'PT0S', maxTokenLifetime: 'PT1S' };
  await api('POST', `${base}/key-rings/`, { name: 'ring', type: 'EC', ec: { curveType: 'P256' }, ...policy });
  await api('POST', `${base}/key-rings/ring/rotate`);
  const [{ members }] = (await api('GET', `${base}/key-rings/ring/`)).body.resultList;
  const [first, second, third] = members;
  await api('POST', `${base}/key-rings/ring/revoke`, { kid: second.kid, reason: 'COMPROMISED' });
  const ofKid = async ({ kid }: { kid: string }) =>
    types((await eventsOf('ring')).filter(({ data }) => data.kid === kid));
  expect((await ofKid(first)).slice(0, 3)).toEqual(['keyring.staged', 'keyring.ready', 'keyring.activated']);
  expect(await ofKid(second)).toEqual([
    'keyring.staged',
    'keyring.ready',
    'keyring.activated',
    'keyring.revoked',
  ]);
  expect((await ofKid(third)).slice(0, 3)).toEqual(['keyring.staged', 'keyring.ready', 'keyring.activated']);
  const events = await eventsOf('ring');
  const at = (type: string, { kid }: { kid: string }) =>
    events.findIndex((event) => event.type === type && event.data.kid === kid);
  expect(at('keyring.revoked', second)).toBeLessThan(at('keyring.activated', third));
  expect(events[at('keyring.revoked', second)]?.data).toMatchObject({
    objectType: 'key-ring',
    jwkName: 'ring.2',
    version: 2,
    reason: 'COMPROMISED',
  });
  expect(await eventsOf('ring.1')).toEqual([]);
});

test('a retired key of a ring is an event', async () => {
  const states = async () => {
    const { members } = (await api('GET', `${base}/key-rings/ring/`)).body.resultList[0];
    return members.map(({ state }: { state: string }) => state);
  };
  // The last, too, is where it stays: the tests after this one count what happens.
  await expect.poll(states, { timeout: 60_000 }).toEqual(['RETIRED', 'REVOKED', 'ACTIVE', 'NEXT']);
  expect(types(await eventsOf('ring', '&types=keyring.retired'))).toEqual(['keyring.retired']);
});

test('a list is filtered by type, by kind and by the number before it', async () => {
  await generate('one');
  const after = await newest();
  await generate('two');
  await api('DELETE', `${base}/jwks/one/`);
  const list = async (query: string) => {
    const { body } = await api('GET', `${base}/events/?after=${after}${query}`);
    return [types(body.resultList), body.resultCount, body.lost];
  };
  expect(await list('')).toEqual([['jwk.created', 'jwk.deleted'], 2, 0]);
  expect(await list('&limit=1')).toEqual([['jwk.created'], 2, 0]);
  expect(await list('&types=jwk.deleted')).toEqual([['jwk.deleted'], 1, 0]);
  expect(await list('&types=keyring.*,jwk.deleted')).toEqual([['jwk.deleted'], 1, 0]);
  expect(await list('&types=keyring.*')).toEqual([[], 0, 0]);
  expect(await list('&types=*')).toEqual([['jwk.created', 'jwk.deleted'], 2, 0]);
});

test.each([
  ['after=x', 'after (x) is not valid! It takes a whole number of 0 or more', 'after'],
  ['limit=0', 'limit (0) is not valid! It takes a whole number from 1 to 1000', 'limit'],
  ['types=jwk.create', 'types (jwk.create) is not valid! Valid values: keyring.staged, ', 'types'],
])('a list with %s is rejected', async (query, text, member) => {
  const { status, body } = await api('GET', `${base}/events/?${query}`);
  expect([status, body.reason, body.member]).toEqual([400, 'FIELD_NOT_VALID', member]);
  expect(body.error_description).toContain(text);
});

test('a project has its own numbers, and sees no event of another', async () => {
  const before = await newest();
  await api('POST', '/apiops/projects/Other/jwks/generate', {
    name: 'foreign',
    type: 'EC',
    ec: { curveType: 'P256' },
  });
  expect(await newest()).toBe(before);
  const { body } = await api('GET', '/apiops/projects/Other/events/');
  expect(body.resultList).toMatchObject([{ sequence: 1, data: { projectName: 'Other' } }]);
});

test('a JWK that is created shortly before it expires is one warning, the nearest', async () => {
  await generate('soon', new Date(Date.now() + 5 * dayMs));
  const events = await eventsOf('soon');
  expect(types(events)).toEqual(['jwk.created', 'jwk.expiring']);
  expect(events[1]?.data).toMatchObject({ objectName: 'soon', warning: 'P7D' });
  await api('PUT', `${base}/jwks/soon/`, { description: 'another' });
  expect(types(await eventsOf('soon'))).toEqual(['jwk.created', 'jwk.expiring', 'jwk.updated']);
});

test('each warning of a JWK that expires is recorded once', async () => {
  await generate('later', new Date(Date.now() + 40 * dayMs));
  const { store } = world.manager.services;
  let days = 0;
  const expirationWatch = new ExpirationWatch({
    store,
    lease: new Lease({ store, name: 'expirations later', holder: 'test', onError: failed }),
    clock: () => new Date(Date.now() + days * dayMs),
    onError: failed,
  });
  const warnings = async () =>
    (await eventsOf('later', '&types=jwk.expiring')).map(({ data }) => data.warning);
  await expirationWatch.poll();
  expect(await warnings()).toEqual([]);
  for (days of [10.5, 33.5, 39.5]) {
    await expirationWatch.poll();
    await expirationWatch.poll();
  }
  await expirationWatch.close();
  expect(await warnings()).toEqual(['P30D', 'P7D', 'P1D']);
});

test('only the newest 10,000 events of a project are kept, none longer than 7 days, and the list reports how many are lost', async () => {
  const { store, maintenance } = world.manager.services;
  const projectId = (await store.read(({ projects }) => projects.find('Busy')))?.id ?? '';
  const count = eventLimits.mostKept + 40;
  const record = (from: number, to: number, at: Date) =>
    store.write(async (stores) => {
      for (let number = from; number <= to; number++) {
        await recordEvent(stores, {
          projectId,
          type: 'jwk.updated',
          objectType: 'jwk',
          objectName: `jwk-${number}`,
          at,
        });
      }
    });
  const read = async (query: string) =>
    (await api('GET', `/apiops/projects/Busy/events/?limit=1&${query}`)).body;
  for (let from = 1; from <= count; from += 1_000) {
    await record(from, Math.min(count, from + 999), new Date());
  }
  await maintenance.run();
  expect(await read('after=10')).toMatchObject({
    lost: 30,
    resultCount: eventLimits.mostKept,
    resultList: [{ sequence: 41, data: { objectName: 'jwk-41' } }],
    newestSequence: count,
  });
  expect(await read('')).toMatchObject({ lost: 0, resultList: [{ sequence: 41 }] });
  expect(await read(`after=${count + 5}`)).toMatchObject({ lost: null, resultList: [{ sequence: 41 }] });
  await world.raw(
    `update events set at = ${Date.now() - eventLimits.keptMs - 1} where project_id = '${projectId}' and sequence <= ${count}`,
  );
  await maintenance.run();
  // The newest carries the numbering on.
  expect(await read('after=10')).toMatchObject({ lost: count - 11, resultList: [{ sequence: count }] });
  await record(count + 1, count + 1, new Date());
  expect(await read(`after=${count}`)).toMatchObject({ lost: 0, resultList: [{ sequence: count + 1 }] });
});

test('a user without ROLE_API_SECURITY reads no events', async () => {
  const manager = await world.as('proxies', { project: 'MyProject', roles: ['ROLE_MANAGE_PROXIES'] });
  expect((await manager('GET', `${base}/events/`)).status).toBe(403);
  const outsider = await world.as('outsider');
  expect((await outsider('GET', `${base}/events/`)).status).toBe(404);
});

test('a ring that waits for a node is one event each time', async () => {
  const policy = { verifierCacheTime: 'PT0S', clockSkew: 'PT0S' };
  await api('POST', `${base}/key-rings/`, {
    name: 'waits',
    type: 'EC',
    ec: { curveType: 'P256' },
    ...policy,
  });
  // A node that confirms slowly blocks the ring as well.
  await expect.poll(() => eventsOf('waits', '&types=keyring.ready'), { timeout: 60_000 }).toHaveLength(2);
  const before = await newest();
  await node.close();
  await api('POST', `${base}/key-rings/waits/rotate`);
  const blocked = () => eventsOf('waits', `&types=keyring.blocked&after=${before}`);
  await api('POST', `${base}/key-rings/waits/rotate`);
  await expect.poll(async () => (await blocked()).length, { timeout: 60_000 }).toBe(1);
  await world.manager.services.ringScheduler.advanceDue();
  expect((await blocked()).map(({ data }) => data)).toEqual([
    { projectName: 'MyProject', objectType: 'key-ring', objectName: 'waits' },
  ]);
});

test('a rotation that becomes late is one event', async () => {
  const { store } = world.manager.services;
  const late = { state: 'BLOCKED', lateSince: new Date() } as const;
  await store.write(async (stores) => {
    const project = await stores.projects.find('MyProject');
    const ring = project && (await stores.rings.find(project.id, 'waits'));
    if (!ring) throw new Error('there is no ring');
    const at = new Date();
    await recordExamination(stores, ring, { before: { ...late, lateSince: null }, found: late, at });
    await recordExamination(stores, ring, { before: late, found: late, at });
  });
  expect(await eventsOf('waits', '&types=keyring.late')).toHaveLength(1);
});

test('events are narrowed to those of one environment, by its exact name', async () => {
  const insert = async (object: string, facts: object) => {
    const newestOf = '(select max(sequence) from events where project_id = projects.id)';
    await world.raw(`insert into events (project_id, sequence, id, type, object_type, object_name, kid, facts, at)
select id, 1 + ${newestOf}, '${object}', 'node.away', 'node', '${object}', null, '${JSON.stringify(facts)}', ${Date.now()}
from projects where name = 'MyProject'`);
  };
  await insert('there', { environmentName: 'edge', lastSeenAt: 'x' });
  await insert('longer', { environmentName: 'edge-2' });
  await insert('upper', { environmentName: 'EDGE' });
  await insert('quoting', { lastError: '"environmentName":"edge"' });
  const found = (await api('GET', `${base}/events/?environmentName=edge`)).body;
  expect(found.resultList.map(({ data }: Event) => data.objectName)).toEqual(['there']);
  expect(found).toMatchObject({ resultCount: 1, newestSequence: await newest() });
  expect((await api('GET', `${base}/events/?environmentName=nowhere`)).body.resultList).toEqual([]);
  expect((await api('GET', `${base}/events/?environmentName=edge&types=jwk.*`)).body.resultList).toEqual([]);
});
