// An environment leaves a ring while one of its nodes is disconnected: the node still has its keys, and signs until its lease ends.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestManager, type TestManager, until } from '../../support/manager.ts';
import { type Item, noCaches, type RingApi, ringApi } from './support/ring-api.ts';

let world: TestManager;
let rings: RingApi;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production', 'staging'], settings: noCaches });
  rings = ringApi(world.api);
});
afterAll(() => world.close());

const hour = 3_600_000;

async function nodesOf(environment: string): Promise<Item[]> {
  return (await world.api('GET', `/apiops/environments/${environment}/nodes/`)).body.resultList;
}

test('a key retires no sooner, and a revocation waits for the node, until it has confirmed or is removed', async () => {
  await world.addNode('production', 'p1');
  const away = await world.addNode('staging', 's1');
  const policy = {
    verifierCacheTime: 'PT0S',
    clockSkew: 'PT0S',
    maxTokenLifetime: 'PT1S',
    signingLease: 'PT1H',
  };
  await rings.create({ name: 'tokens', rotationInterval: null, ...policy });
  await rings.ringWhen('tokens', ({ members }) => members[1]?.state === 'NEXT', 'a successor is published');
  await away.close();
  await until(async () => !(await nodesOf('staging'))[0]?.connected, 'the node of staging is disconnected');
  const lastSeenAt = Date.parse((await nodesOf('staging'))[0]?.lastSeenAt);

  expect((await rings.call('PUT', 'tokens/', { environmentNames: ['production'] })).status).toBe(200);
  expect((await rings.call('POST', 'tokens/rotate')).status).toBe(200);
  const { members } = await rings.ringWhen(
    'tokens',
    ({ members }) => members[0].retireAt !== null,
    'it is retiring',
  );
  expect(members[0].state).toBe('RETIRING');
  expect(Date.parse(members[0].retireAt)).toBeGreaterThanOrEqual(lastSeenAt + hour);

  const { body } = await rings.call('POST', 'tokens/revoke', { kid: members[0].kid, reason: 'COMPROMISED' });
  expect(body.pendingNodes).toMatchObject([{ environmentName: 'staging', nodeName: 's1' }]);
  expect(body.nodesSafeAt).toBeNull();
  await world.api('DELETE', '/apiops/environments/staging/nodes/s1');
  await until(async () => {
    const clock = await rings.call('GET', `tokens/revocations/${body.revocationId}/`);
    return clock.body.nodesSafeAt !== null && clock.body.pendingNodes.length === 0;
  }, 'nothing is waited for');
});
