// A receiver that refuses the events of one object for ever, and accepts those of all others.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';
import { type Delivery, type Receiver, startReceiver } from '../webhooks/support/receiver.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;
let receiver: Receiver;
let refused: (delivery: Delivery) => boolean;
let accepted: Delivery[];
/** Of refused events, with repetitions. */
let refusals: Delivery[];

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'], settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' } });
  ({ api } = world);
});
afterEach(async () => {
  await api('DELETE', `${base}/outlets/strict/`);
  await receiver?.close();
});
afterAll(() => world?.close());

async function receive(): Promise<void> {
  [accepted, refusals] = [[], []];
  refused = ({ data }) => data.objectName === 'refused';
  receiver = await startReceiver();
  receiver.answerWith((response, delivery) => {
    const isRefused = refused(delivery);
    (isRefused ? refusals : accepted).push(delivery);
    response.writeHead(isRefused ? 400 : 204).end();
  });
  const { body } = await api('POST', `${base}/outlets/`, {
    name: 'strict',
    kind: 'WEBHOOK',
    target: { url: receiver.origin, events: ['jwk.*'] },
    credential: { secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` },
  });
  expect(body).toMatchObject({ success: true });
}

const delivery = async () => (await api('GET', `${base}/outlets/strict/`)).body.resultList[0].environments[0];
const newest = async () => (await api('GET', `${base}/events/`)).body.newestSequence as number;
const generate = (name: string) =>
  api('POST', `${base}/jwks/generate`, { name, type: 'EC', ec: { curveType: 'P256' } });

/** Events of type jwk.updated, committed as one; `object` is SQL that names the object of the event `n`. */
async function addEvents(count: number, object: string): Promise<void> {
  const first = await newest();
  await world.raw(`insert into events (project_id, sequence, id, type, object_type, object_name, kid, facts, at)
with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${count})
select (select id from projects where name = 'MyProject'), ${first} + n, 'added-' || (${first} + n), 'jwk.updated', 'jwk',
  ${object}, null, '{}', ${Date.now()}
from numbers`);
}

/** Of an event that `addEvents` made. */
const sequenceOf = ({ id }: Delivery) => Number(/^added-(\d+)$/.exec(id)?.[1]);
const inOrder = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

function expectOrderOfEachObject(): void {
  for (const [name, own] of Map.groupBy(accepted, ({ data }) => data.objectName)) {
    const numbers = own.map(sequenceOf);
    expect(numbers, String(name)).toEqual(inOrder(numbers));
  }
}

/** A third of them of the object that is refused: more than a queue has room for, and more others than were once let ahead. */
const added = 3_000;
const objects = "case when n % 3 = 0 then 'refused' else 'other-' || (n % 50) end";
const others = () => until(() => accepted.length >= added - added / 3, 'the others arrive', 60_000);

test('an event that is refused for ever holds up the events of its object, and no other', async () => {
  await receive();
  const first = await newest();
  await addEvents(added, objects);
  await others();
  expect(accepted).toHaveLength((added / 3) * 2);
  expectOrderOfEachObject();
  expect(new Set(refusals.map(sequenceOf))).toEqual(new Set([first + 3]));
  expect(await delivery()).toMatchObject({
    state: 'FAILING',
    lastError: 'The receiver responded with status 400!',
  });

  // Another process knows what was delivered.
  await world.restart();
  const before = refusals.length;
  await until(() => refusals.length > before, 'it is tried by the manager that was started');
  await generate('newer');
  await until(() => accepted.some(({ data }) => data.objectName === 'newer'), 'the newest event arrives');
  expect(accepted).toHaveLength((added / 3) * 2 + 1);
  const failing = await api('GET', `${base}/events/?types=outlet.failing`);
  expect(failing.body.resultList, 'it fails since the first attempt').toHaveLength(1);

  refused = () => false;
  await until(async () => (await delivery()).state === 'CURRENT', 'all were delivered');
  expect(accepted).toHaveLength(added + 1);
  expect(new Set(accepted.map(({ id }) => id)).size).toBe(added + 1);
  const own = accepted.filter(({ data }) => data.objectName === 'refused').map(sequenceOf);
  expect(own).toEqual(Array.from({ length: added / 3 }, (_, n) => first + 3 * (n + 1)));
});

test('a new event does not wait for the end of an attempt', async () => {
  await receive();
  const { promise: isNewThere, resolve: newArrives } = Promise.withResolvers<void>();
  let isGivenUp = false;
  receiver.answerWith(async (response, { data }) => {
    if (data.objectName === 'new') newArrives();
    else {
      response.once('close', () => {
        isGivenUp = true;
      });
      await isNewThere;
    }
    response.writeHead(204).end();
  });
  await addEvents(1, "'refused'");
  await until(() => receiver.requested === 1, 'the attempt is under way');
  await generate('new');
  await isNewThere;
  expect(isGivenUp).toBe(false);
});

test('what is deleted undelivered is counted without what was delivered after it', async () => {
  await receive();
  await addEvents(added, objects);
  await others();
  const cursor = async () => (await world.raw('select ahead_until as n from webhook_cursors'))[0];
  await until(async () => Number((await cursor())?.n) === (await newest()), 'it is recorded');
  await world.raw(`update events set at = at - ${8 * 24 * 3600 * 1000}`);
  const kept = async () => Number((await world.raw('select count(*) as n from events'))[0]?.n);
  while ((await kept()) > 1) await world.manager.services.maintenance.run();

  // A receiver may refuse the gap event as well: only that is held up.
  refused = ({ type }) => type === 'events.gap';
  await until(() => refusals.some(({ type }) => type === 'events.gap'), 'the gap event is refused');
  await generate('after-the-gap');
  await until(() => accepted.some(({ data }) => data.objectName === 'after-the-gap'), 'an event arrives');
  expect(await delivery()).toMatchObject({ state: 'FAILING' });

  refused = () => false;
  await until(async () => (await delivery()).state === 'CURRENT', 'all were delivered');
  // One for each report of what was lost until then: deletion takes several transactions.
  const gaps = accepted.filter(({ type }) => type === 'events.gap').map(({ data }) => Number(data.lost));
  const ofRefused = accepted.filter(({ data }) => data.objectName === 'refused');
  expect(gaps.reduce((sum, lost) => sum + lost, 0)).toBe(added / 3 - ofRefused.length);
  expect(Math.min(...gaps)).toBeGreaterThan(0);
  // The newest event is kept.
  expect(ofRefused.length).toBeLessThanOrEqual(1);
});
