import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Manager } from '../../../src/compose/manager.ts';
import { startTestManager, type TestManager, until } from '../../support/manager.ts';
import { databaseKind } from '../../support/postgres-databases.ts';
import { noCaches, type RingApi, ringApi } from './support/ring-api.ts';

const dayMs = 86_400_000;

let world: TestManager;
let rings: RingApi;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'], settings: noCaches });
  rings = ringApi(world.api);
  await world.addNode('production', 'p1');
});
afterAll(() => world.close());

/** Puts the activation back, as if that time had passed. */
async function putBack(name: string, byMs: number): Promise<void> {
  await world.manager.services.store.write(async (stores) => {
    const project = await stores.projects.find('MyProject');
    const ring = project && (await stores.rings.find(project.id, name));
    if (!ring) throw new Error(`no ring ${name}`);
    for (const jwk of await stores.rings.members(ring.id)) {
      const { activatedAt } = jwk.member;
      if (activatedAt === null) continue;
      const earlier = new Date(activatedAt.getTime() - byMs);
      await stores.jwks.update({ ...jwk, member: { ...jwk.member, activatedAt: earlier } });
    }
    await stores.rings.update({ ...ring, examineAt: await stores.rings.now() });
  });
}

describe('the scheduler', () => {
  test('rotates a ring when its interval has passed, once, and records its fence', async () => {
    await rings.create({ name: 'due' });
    await putBack('due', 91 * dayMs);
    const ring = await rings.ringWhen('due', ({ members }) => members[2]?.state === 'NEXT', 'it rotates');
    expect(ring).toMatchObject({
      state: 'STEADY',
      members: [{ state: 'RETIRING' }, { state: 'ACTIVE' }, { state: 'NEXT' }],
    });
    expect(Date.parse(ring.nextRotationAt)).toBe(Date.parse(ring.members[1].activatedAt) + 90 * dayMs);
    const { body } = await world.api('GET', '/apiops/audit/?objectName=due.2&action=keyring.activate');
    expect(body.resultList).toMatchObject([
      { actor: 'system', details: { cause: 'INTERVAL', fence: expect.any(Number) } },
    ]);
  });

  test('leaves a held ring alone, and rotates it at once when it is resumed', async () => {
    await rings.create({ name: 'held' });
    await rings.call('POST', 'held/hold');
    await putBack('held', 91 * dayMs);
    const { waitingFor } = await rings.ring('held');
    expect(waitingFor).toEqual([{ environmentName: null, nodeName: null, reason: 'HELD', lastSeenAt: null }]);
    expect(await rings.states('held')).toEqual(['ACTIVE', 'NEXT']);
    await rings.call('POST', 'held/resume');
    expect(await rings.states('held')).toEqual(['RETIRING', 'ACTIVE', 'NEXT']);
  });

  test('gives its lease back when nothing is due, and takes it again for what is', async () => {
    await rings.create({ name: 'idle' });
    const lease = async () =>
      (await world.raw("select fence, expires_at from leases where name = 'rings'"))[0];
    await until(async () => Number((await lease())?.expires_at) === 0, 'the lease is given back');
    const fence = Number((await lease())?.fence);
    await putBack('idle', 91 * dayMs);
    await rings.ringWhen('idle', ({ members }) => members[2]?.state === 'NEXT', 'it rotates');
    const { body } = await world.api('GET', '/apiops/audit/?objectName=idle.2&action=keyring.activate');
    expect(body.resultList).toMatchObject([{ details: { cause: 'INTERVAL', fence: fence + 1 } }]);
  });

  test('makes no transition under a lease that another manager has taken meanwhile', async () => {
    await rings.create({ name: 'fenced' });
    const { store, ringScheduler } = world.manager.services;
    const [lease] = await world.raw("select fence from leases where name = 'rings'");
    const fence = Number(lease?.fence);
    await store.write(async ({ leases }) => {
      await leases.renew('rings', fence, -1);
      expect(await leases.acquire('rings', 'another manager', 60_000)).toBe(fence + 1);
    });
    await putBack('fenced', 91 * dayMs);
    await ringScheduler.advanceDue();
    expect(await rings.states('fenced')).toEqual(['ACTIVE', 'NEXT']);
    await store.write(({ leases }) => leases.release('rings', fence + 1));
  });

  test('erases the private part of a key 30 days after its retirement', async () => {
    await rings.create({ name: 'erased', maxTokenLifetime: 'PT1S' });
    await rings.call('POST', 'erased/rotate');
    await rings.ringWhen('erased', ({ members }) => members[0].state === 'RETIRED', 'the old key retires');
    const privateMembers = () => world.raw("select private_members from jwks where name = 'erased.1'");
    expect((await privateMembers())[0]?.private_members).not.toBeNull();
    await world.manager.services.store.write(async (stores) => {
      const project = await stores.projects.find('MyProject');
      const ring = project && (await stores.rings.find(project.id, 'erased'));
      const [jwk] = ring ? await stores.rings.members(ring.id) : [];
      if (!ring || !jwk?.member.retiredAt) throw new Error('not retired');
      const retiredAt = new Date(jwk.member.retiredAt.getTime() - 30 * dayMs);
      await stores.jwks.update({ ...jwk, member: { ...jwk.member, retiredAt } });
      await stores.rings.update({ ...ring, examineAt: await stores.rings.now() });
    });
    await until(async () => (await privateMembers())[0]?.private_members === null, 'it is erased');
    const { body } = await world.api('GET', '/apiops/projects/MyProject/jwks/erased.1/?publicOnly=true');
    expect(body.resultList[0].ec).toMatchObject({ kty: 'EC' });
  });
});

describe.runIf(databaseKind() === 'postgres')('two managers', () => {
  let other: Manager;
  beforeAll(async () => {
    other = await world.addManager();
  });
  afterAll(() => other.close());

  test('rotate a ring once: each transition is made by the one that holds the lease', async () => {
    await rings.create({ name: 'shared' });
    await putBack('shared', 91 * dayMs);
    await Promise.all([
      world.manager.services.ringScheduler.advanceDue(),
      other.services.ringScheduler.advanceDue(),
    ]);
    await rings.ringWhen('shared', ({ members }) => members[2]?.state === 'NEXT', 'it rotates');
    const { body } = await world.api('GET', '/apiops/audit/?objectName=shared.2&action=keyring.activate');
    expect(body.resultCount).toBe(1);
    expect(await rings.states('shared')).toEqual(['RETIRING', 'ACTIVE', 'NEXT']);
  });

  test('serve the same ring: what one was asked for, the other carries out', async () => {
    const path = `${other.url}/apiops/projects/MyProject/key-rings/shared/rotate`;
    const answer = await fetch(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.api.token}` },
    });
    expect(await answer.json()).toMatchObject({ success: true, state: 'STEADY', waitingFor: [] });
    expect(await rings.states('shared')).toEqual(['RETIRING', 'RETIRING', 'ACTIVE', 'NEXT']);
  });
});

/** The last one: nothing after it depends on the first manager. */
describe('a manager that starts again', () => {
  test('continues after a restart of the manager', async () => {
    await rings.create({ name: 'restart', maxTokenLifetime: 'PT3S' });
    await rings.call('POST', 'restart/rotate');
    await world.restart();
    await rings.ringWhen('restart', ({ members }) => members[0].state === 'RETIRED', 'the old key retires');
  });
});
