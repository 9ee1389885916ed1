// Outlets count in the gate of a ring: a member is published once each of them has delivered it.

import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
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

test('a key that is published waits for an outlet that is created, or given the ring, afterwards', async () => {
  const create = (name: string, more: object) =>
    world.api('POST', outlets, {
      name,
      kind: 'FILES',
      content: 'JWKS',
      environmentNames: ['production'],
      target: { path: `${name}/jwks.json` },
      ...more,
    });
  const ec = { curveType: 'P256', algorithm: 'ES256' };
  const key = await world.api('POST', '/apiops/projects/MyProject/jwks/generate', {
    name: 'k',
    type: 'EC',
    ec,
  });
  expect(key.status).toBe(200);
  expect((await create('moved', { source: { jwkName: 'k' } })).status).toBe(200);
  await rings.create({ name: 'later', ...policy });
  await rings.ringWhen('later', ({ members }) => members[1]?.state === 'NEXT', 'the second key is NEXT');

  const source = { keyRingName: 'later' };
  expect((await create('new', { source, environmentNames: ['staging'] })).status).toBe(200);
  const outside = join(outletDir, 'MyProject', 'blocked');
  await mkdir(outside, { recursive: true });
  await symlink(outside, join(outletDir, 'MyProject', 'linked'));
  const change = { source, target: { path: 'linked/jwks.json' } };
  expect((await world.api('PUT', `${outlets}moved/`, change)).status).toBe(200);
  const rotated = await rings.call('POST', 'later/rotate');
  expect(rotated.body).toMatchObject({
    state: 'BLOCKED',
    waitingFor: [
      { environmentName: 'production', nodeName: 'p1', outletName: 'moved', reason: 'NOT_CONFIRMED' },
      { environmentName: 'staging', nodeName: 's1', outletName: 'new', reason: 'NOT_CONFIRMED' },
    ],
  });

  expect((await world.api('DELETE', `${outlets}new/`)).status).toBe(200);
  await rm(join(outletDir, 'MyProject', 'linked'));
  await world.api('POST', `${outlets}moved/deliver`, {});
  await rings.ringWhen('later', ({ members }) => members[1]?.state === 'ACTIVE', 'the second key is ACTIVE');
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
