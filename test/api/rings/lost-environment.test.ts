// An environment leaves a ring while one of its nodes is disconnected: the node still has its keys, and signs until its lease
// ends, also where the environment joins the ring again.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestManager, type TestManager, until } from '../../support/manager.ts';
import { type Item, noCaches, type RingApi, ringApi } from './support/ring-api.ts';

let world: TestManager;
let rings: RingApi;
/** When the node of staging was heard last, as the manager recorded it. */
let lastSeenAt: number;
/** Each test has another: a key that was removed cannot join again. */
let name = '';
let count = 0;

beforeAll(async () => {
  world = await startTestManager({ environments: ['production', 'staging'], settings: noCaches });
  rings = ringApi(world.api);
  await world.addNode('production', 'p1');
});
afterAll(() => world.close());

const hour = 3_600_000;

async function nodeOfStaging(): Promise<Item> {
  return (await world.api('GET', '/apiops/environments/staging/nodes/')).body.resultList[0];
}

beforeEach(async () => {
  count += 1;
  name = `s${count}`;
  const away = await world.addNode('staging', name);
  const policy = {
    verifierCacheTime: 'PT0S',
    clockSkew: 'PT0S',
    maxTokenLifetime: 'PT1S',
    signingLease: 'PT1H',
  };
  await rings.create({ name: 'tokens', rotationInterval: null, ...policy });
  await rings.ringWhen('tokens', ({ members }) => members[1]?.state === 'NEXT', 'a successor is published');
  await away.close();
  await until(async () => !(await nodeOfStaging()).connected, 'the node of staging is disconnected');
  lastSeenAt = Date.parse((await nodeOfStaging()).lastSeenAt);
  expect((await rings.call('PUT', 'tokens/', { environmentNames: ['production'] })).status).toBe(200);
});
afterEach(async () => {
  await rings.call('DELETE', 'tokens/?force=true&reason=tested');
  await world.api('DELETE', `/apiops/environments/staging/nodes/${name}`);
});

async function retiringMember(): Promise<Item> {
  const { members } = await rings.ringWhen(
    'tokens',
    ({ members }) => members[0].retireAt !== null,
    'it is retiring',
  );
  return members[0];
}

test('a key retires no sooner, and a revocation waits for the node, until it has confirmed or is removed', async () => {
  expect((await rings.call('POST', 'tokens/rotate')).status).toBe(200);
  const former = await retiringMember();
  expect(former.state).toBe('RETIRING');
  expect(Date.parse(former.retireAt)).toBeGreaterThanOrEqual(lastSeenAt + hour);

  const { body } = await rings.call('POST', 'tokens/revoke', { kid: former.kid, reason: 'COMPROMISED' });
  expect(body.pendingNodes).toMatchObject([{ environmentName: 'staging', nodeName: name }]);
  expect(body.nodesSafeAt).toBeNull();
  await world.api('DELETE', `/apiops/environments/staging/nodes/${name}`);
  await until(async () => {
    const clock = await rings.call('GET', `tokens/revocations/${body.revocationId}/`);
    return clock.body.nodesSafeAt !== null && clock.body.pendingNodes.length === 0;
  }, 'nothing is waited for');
});

test('a key retires no sooner where the environment joins again and the node is still disconnected', async () => {
  await rings.call('POST', 'tokens/rotate');
  const { retireAt } = await retiringMember();
  expect((await rings.call('PUT', 'tokens/', { environmentNames: null })).status).toBe(200);
  expect(await rings.member('tokens', 1)).toMatchObject({ state: 'RETIRING', retireAt });
});

test('a shorter lifetime counts no sooner where the environment joins again and the node is still disconnected', async () => {
  const lifetimeMs = 3_000;
  await rings.call('PUT', 'tokens/', { environmentNames: null, maxTokenLifetime: 'PT3S' });
  await rings.call('PUT', 'tokens/', { environmentNames: ['production'] });
  await rings.call('PUT', 'tokens/', { maxTokenLifetime: 'PT1S' });
  await rings.call('PUT', 'tokens/', { environmentNames: null });
  const over = Date.now() + lifetimeMs;
  await until(() => Date.now() > over, 'tokens of connected nodes have expired');
  await rings.call('POST', 'tokens/rotate');
  const { retireAt } = await retiringMember();
  expect(Date.parse(retireAt)).toBeGreaterThanOrEqual(lastSeenAt + hour + lifetimeMs);
});

test.each([
  ['is not in the ring', ['production']],
  ['joined the ring again', null],
])(
  'the clock of a revocation counts the node of an environment that %s until it unpublished the key',
  async (_, environmentNames) => {
    const { kid } = await rings.member('tokens', 1);
    const revoked = await rings.call('POST', 'tokens/revoke', { kid, reason: 'COMPROMISED' });
    const path = `tokens/revocations/${revoked.body.revocationId}/`;
    await rings.call('PUT', 'tokens/', { environmentNames });
    const before = (await rings.call('GET', path)).body;
    expect(before).toMatchObject({ pendingNodes: [{ nodeName: name }], nodesSafeAt: null });
    const returnedAt = Date.now();
    await world.addNode('staging', name);
    await until(async () => (await rings.call('GET', path)).body.nodesSafeAt !== null, 'the node is safe');
    const { safeNodes, pendingNodes, nodesSafeAt } = (await rings.call('GET', path)).body;
    expect(pendingNodes).toEqual([]);
    expect(safeNodes.map(({ nodeName }: Item) => nodeName)).toEqual(['p1', name]);
    expect(Date.parse(nodesSafeAt)).toBeGreaterThanOrEqual(returnedAt);
  },
);
