// Outlets count in the gate of a ring: a member is published once each of them has delivered it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestManager, type TestManager } from '../../support/manager.ts';
import { noCaches, type RingApi, ringApi } from './support/ring-api.ts';

let world: TestManager;
let rings: RingApi;
let outletDir: string;
beforeAll(async () => {
  outletDir = await mkdtemp(join(tmpdir(), 'keyplane-outlets-'));
  world = await startTestManager({ environments: ['production', 'staging'], settings: noCaches });
  rings = ringApi(world.api);
  await world.addNode('production', 'p1', { outletDir });
  await world.addNode('staging', 's1');
});
afterAll(async () => {
  await world.close();
  await rm(outletDir, { recursive: true, force: true });
});

const outlets = '/apiops/projects/MyProject/outlets/';
const policy = {
  rotationInterval: null,
  verifierCacheTime: 'PT0S',
  clockSkew: 'PT0S',
  maxTokenLifetime: 'PT1S',
};

test('a member waits for an outlet that cannot deliver it, which the ring names, until the outlet leaves the gate', async () => {
  const target = { path: 'gateway/jwks.json', layout: 'RENAME' };
  const outlet = { name: 'gateway', kind: 'FILES', source: null, content: 'JWKS', target };
  expect((await world.api('POST', outlets, outlet)).status).toBe(200);
  await rings.create({ name: 'tokens', ...policy });
  const blocked = await rings.ringWhen(
    'tokens',
    ({ state, waitingFor }) => state === 'BLOCKED' && waitingFor.length === 1,
    'one delivery is waited for',
  );
  expect(blocked.members).toMatchObject([{ state: 'STAGED' }]);
  expect(blocked.waitingFor).toMatchObject([
    { environmentName: 'staging', nodeName: 's1', outletName: 'gateway', reason: 'NOT_CONFIRMED' },
  ]);
  const { status, body } = await rings.call('POST', 'tokens/activate', { kid: blocked.members[0].kid });
  expect([status, body.error_description]).toEqual([
    400,
    `Key (kid: ${blocked.members[0].kid}) of key ring (name: tokens) can not be activated: it is not confirmed by outlet (name: gateway) at node (name: s1) of environment (name: staging)!`,
  ]);

  const narrowed = { ...outlet, environmentNames: ['production'] };
  expect((await world.api('PUT', `${outlets}gateway/`, narrowed)).status).toBe(200);
  const steady = await rings.ringWhen(
    'tokens',
    ({ state }) => state === 'STEADY',
    'the ring has what it needs',
  );
  expect(steady.members[0].state).toBe('ACTIVE');

  expect((await world.api('PUT', `${outlets}gateway/`, { ...outlet, environmentNames: null })).status).toBe(
    200,
  );
  const [{ kid }] = steady.members;
  const revoked = await rings.call('POST', 'tokens/revoke', { kid, reason: 'COMPROMISED' });
  expect(revoked.body.pendingNodes).toContainEqual(
    expect.objectContaining({ environmentName: 'staging', nodeName: 's1', outletName: 'gateway' }),
  );
  expect((await world.api('PUT', `${outlets}gateway/`, { ...outlet, gate: false })).status).toBe(200);
  const clock = await rings.call('GET', `tokens/revocations/${revoked.body.revocationId}/`);
  expect(clock.body).toMatchObject({ pendingNodes: [], nodesSafeAt: expect.any(String) });
});

test('what an outlet delivered counts as used until the outlet is deleted, or delivers something else', async () => {
  const path = `${outlets}counted/`;
  const target = { path: 'counted', layout: 'RENAME' };
  await rings.create({ name: 'counted', ...policy });
  const outlet = { name: 'counted', kind: 'FILES', content: 'PEM_PUBLIC', target };
  const created = { ...outlet, source: { keyRingName: 'counted' }, environmentNames: ['production'] };
  const countedIn = async (method: string, given: string, body?: object) => {
    const removals = () => world.raw('select name, node_removed_at as at from environments order by name');
    const before = await removals();
    expect((await world.api(method, given, body)).status).toBe(200);
    const after = await removals();
    return after.filter(({ at }, index) => at !== before[index]?.at).map(({ name }) => name);
  };
  expect(await countedIn('POST', outlets, created)).toEqual([]);
  expect(await countedIn('PUT', path, { description: 'of the gateway' })).toEqual([]);
  expect(await countedIn('PUT', path, { environmentNames: null })).toEqual([]);
  expect(await countedIn('PUT', path, { environmentNames: ['staging'] })).toEqual(['production', 'staging']);
  expect(await countedIn('PUT', path, { source: null })).toEqual(['staging']);
  expect(await countedIn('PUT', path, { gate: false })).toEqual([]);
  expect(await countedIn('DELETE', path)).toEqual([]);
  expect(await countedIn('POST', outlets, created)).toEqual([]);
  expect(await countedIn('DELETE', path)).toEqual(['production']);
});
