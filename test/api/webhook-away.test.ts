// A receiver that is away for a day, and one that is away until events are no longer kept: what it gets at its return, and what
// operators see meanwhile. The stored times are moved; the clock is the real one.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { examine } from '../../src/compose/doctor.ts';
import { eventLimits } from '../../src/events/delete-ended-events.ts';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';
import { type Receiver, startReceiver, status } from '../webhooks/support/receiver.ts';

const base = '/apiops/projects/MyProject';
const dayMs = 24 * 3600 * 1000;
let world: TestManager;
let api: Api;
let receiver: Receiver;

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'], settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' } });
  ({ api } = world);
});
afterEach(async () => {
  await api('DELETE', `${base}/outlets/away/`);
  await receiver?.close();
});
afterAll(() => world?.close());

async function receive(events: readonly string[]): Promise<void> {
  receiver = await startReceiver();
  const { body } = await api('POST', `${base}/outlets/`, {
    name: 'away',
    kind: 'WEBHOOK',
    target: { url: receiver.origin, events },
    credential: { secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` },
  });
  expect(body).toMatchObject({ success: true });
}

const generate = (name: string) =>
  api('POST', `${base}/jwks/generate`, { name, type: 'EC', ec: { curveType: 'P256' } });
const update = (name: string, description: string) => api('PUT', `${base}/jwks/${name}/`, { description });
const delivery = async () => (await api('GET', `${base}/outlets/away/`)).body.resultList[0].environments[0];
const isIn = (state: string) => until(async () => (await delivery()).state === state, `it is ${state}`);
const metric = async (name: string) => {
  const text = await (await fetch(`${world.url}/metrics`)).text();
  return Number(new RegExp(`^keyplane_${name} (\\d+)$`, 'm').exec(text)?.[1]);
};
const findings = async () =>
  (await examine(world.config)).findings.filter(({ topic }) => topic === 'outlets');
const newest = async () => (await api('GET', `${base}/events/`)).body.newestSequence as number;

test('a receiver that is away for a day gets every event at its return, those of an object in order', async () => {
  await receive(['jwk.*']);
  receiver.answerWith(status(503));
  const names = ['x', 'y', 'z'];
  for (const name of names) await generate(name);
  for (const text of ['one', 'two', 'three']) for (const name of names) await update(name, text);
  await isIn('FAILING');
  await world.raw(`update events set at = at - ${dayMs}`);
  await world.manager.services.maintenance.run();
  // As a day later: another process goes on.
  await world.restart();
  await until(async () => (await delivery()).attempts > 0, 'it is tried by the manager that was started');
  expect(await delivery()).toMatchObject({
    state: 'FAILING',
    lastError: 'The receiver responded with status 503!',
    deliveredAt: null,
  });
  await until(async () => (await metric('webhooks_failing')) === 1, 'the metrics count it');
  expect(await metric('webhook_events_pending')).toBe(await newest());
  expect(await findings()).toMatchObject([
    {
      severity: 'warning',
      summary: 'Webhooks that cannot be delivered',
      problem: expect.stringMatching(
        /^Outlet away of project MyProject failed \d+ times: The receiver responded with status 503!$/,
      ),
    },
  ]);

  receiver.answerWith(undefined);
  await isIn('CURRENT');
  expect(receiver.accepted).toHaveLength(12);
  expect(new Set(receiver.accepted.map(({ id }) => id)).size).toBe(12);
  expect(receiver.accepted.map(({ type }) => type)).not.toContain('events.gap');
  const { body } = await api('GET', `${base}/events/?types=jwk.*`);
  for (const name of names) {
    const stored = body.resultList.filter(
      (one: { data: { objectName: string } }) => one.data.objectName === name,
    );
    const own = receiver.accepted.filter(({ data }) => data.objectName === name);
    expect(own.map(({ id }) => id)).toEqual(stored.map(({ id }: { id: string }) => id));
  }
  await until(async () => (await metric('webhooks_failing')) === 0, 'the metrics count it no longer');
  expect(await metric('webhook_events_pending')).toBe(0);
  expect(await findings()).toEqual([]);
});

test('beyond the newest 10,000 events the oldest are counted, and reported by one gap event', async () => {
  await receive(['jwk.created']);
  receiver.answerWith(status(503));
  for (const name of ['old-1', 'old-2', 'old-3']) await generate(name);
  await isIn('FAILING');
  const first = await newest();
  const { mostKept } = eventLimits;
  // Of a type that the outlet does not take.
  await world.raw(`insert into events (project_id, sequence, id, type, object_type, object_name, kid, facts, at)
with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${mostKept})
select (select id from projects where name = 'MyProject'), ${first} + n, 'filler-' || n, 'jwk.updated', 'jwk', 'filler', null, '{}', ${Date.now()}
from numbers`);
  for (const name of ['new-1', 'new-2']) await generate(name);
  const kept = async () => Number((await world.raw('select count(*) as n from events'))[0]?.n);
  while ((await kept()) > mostKept) await world.manager.services.maintenance.run();
  expect(await findings()).toMatchObject([
    {
      problem: expect.stringMatching(
        /: The receiver responded with status 503! 3 events were deleted undelivered\.$/,
      ),
    },
  ]);

  receiver.answerWith(undefined);
  await isIn('CURRENT');
  const [gap, ...created] = receiver.accepted;
  expect([gap?.type, gap?.data]).toMatchObject(['events.gap', { objectName: 'away', lost: 3 }]);
  // Of two objects, so they are sent at the same time.
  expect(created.map(({ type, data }) => `${type} ${data.objectName}`).sort()).toEqual([
    'jwk.created new-1',
    'jwk.created new-2',
  ]);
  expect(await findings()).toEqual([]);
});
