import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../../src/node/start-node.ts';
import { type Answer, startTestManager, type TestManager, until } from '../../support/manager.ts';
import { type Item, noCaches, type RingApi, ringApi } from './support/ring-api.ts';

let world: TestManager;
let rings: RingApi;
let node: RunningNode;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'], settings: noCaches });
  rings = ringApi(world.api);
  node = await world.addNode('production', 'p1');
});
afterAll(() => world.close());

const text = ({ status, body }: Answer) => [status, body.error_description, body.reason];

async function publishedKids(ringName: string): Promise<readonly string[]> {
  const { members } = await rings.ring(ringName);
  const own = new Set(members.map(({ kid }: Item) => kid));
  const answer = await fetch(`${node.url}/projects/MyProject/.well-known/jwks.json`);
  const { keys } = (await answer.json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid).filter((kid) => own.has(kid));
}

const seconds = (time: string) =>
  new Date(Math.ceil(Date.parse(time) / 1000) * 1000).toISOString().replace('.000Z', 'Z');

describe('rotate', () => {
  test('activates a key that verifiers know at once, and publishes a successor', async () => {
    await rings.create({ name: 'quick' });
    const { status, body } = await rings.call('POST', 'quick/rotate');
    expect({ status, ...body }).toEqual({
      status: 200,
      success: true,
      state: 'STEADY',
      activatesAt: (await rings.member('quick', 2)).activatedAt,
      waitingFor: [],
      deploymentResult: {
        success: true,
        message: 'Deployment completed successfully',
        environmentResults: [
          { environmentName: 'production', success: true, message: 'Deployed successfully' },
        ],
      },
    });
    const { members } = await rings.ring('quick');
    expect(members).toMatchObject([{ state: 'RETIRING' }, { state: 'ACTIVE' }, { state: 'NEXT' }]);
    const kids = members.map(({ kid }: Item) => kid);
    const published = await publishedKids('quick');
    expect(published).toHaveLength(3);
    expect(published[0]).toBe(kids[1]);
  });

  test('retires the old key once its last token has expired', async () => {
    await rings.create({ name: 'short', maxTokenLifetime: 'PT1S' });
    await rings.call('POST', 'short/rotate');
    const [old] = (await rings.ring('short')).members;
    expect(old.retireAt).not.toBeNull();
    const successor = await rings.member('short', 2);
    expect(Date.parse(old.retireAt)).toBeGreaterThanOrEqual(Date.parse(successor.activatedAt) + 1000);
    const ring = await rings.ringWhen('short', ({ members }) => members[0].state === 'RETIRED', 'it retires');
    expect(Date.parse(ring.members[0].retiredAt)).toBeGreaterThanOrEqual(Date.parse(old.retireAt));
    await until(async () => !(await publishedKids('short')).includes(old.kid), 'it is unpublished');
  });

  test('waits for caches, and a second request has no further effect', async () => {
    await rings.create({ name: 'slow', verifierCacheTime: 'PT1H' });
    const first = (await rings.call('POST', 'slow/rotate')).body;
    const { readyAt } = await rings.member('slow', 2);
    expect(first).toMatchObject({
      success: true,
      state: 'ROTATING',
      activatesAt: readyAt,
      waitingFor: [{ environmentName: null, nodeName: null, reason: 'CACHES', lastSeenAt: null }],
      deploymentResult: { success: true, environmentResults: [] },
    });
    const second = (await rings.call('POST', 'slow/rotate')).body;
    expect(second).toEqual(first);
    expect(await rings.states('slow')).toEqual(['ACTIVE', 'NEXT']);
  });

  test('rejects every member of a body', async () => {
    const { status, body } = await rings.call('POST', 'slow/rotate', { force: true });
    expect([status, body.error_description]).toEqual([400, 'Unknown member: force! Accepted members: none']);
  });

  test('is rejected while five keys are RETIRING', async () => {
    await rings.create({ name: 'full' });
    for (let count = 0; count < 5; count++) {
      expect((await rings.call('POST', 'full/rotate')).status).toBe(200);
    }
    const [oldest] = (await rings.ring('full')).members;
    expect(text(await rings.call('POST', 'full/rotate'))).toEqual([
      400,
      `Key ring (name: full) has 5 RETIRING keys; the oldest (name: full.1) retires at ${seconds(oldest.retireAt)}!`,
      'KEY_RING_FULL',
    ]);
  });

  test('of a ring that is not there is rejected', async () => {
    expect(text(await rings.call('POST', 'none/rotate'))).toEqual([
      400,
      'Key ring (name: none) is not found!',
      'NOT_FOUND',
    ]);
  });

  test('repeated with the same Idempotency-Key rotates once and gets the first answer', async () => {
    await rings.create({ name: 'once' });
    const rotate = () =>
      fetch(`${world.url}/apiops/projects/MyProject/key-rings/once/rotate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world.api.token}`, 'idempotency-key': 'rotate once' },
      });
    const first = await (await rotate()).json();
    expect(await (await rotate()).json()).toEqual(first);
    expect(await rings.states('once')).toEqual(['RETIRING', 'ACTIVE', 'NEXT']);
  });
});

describe('a held ring', () => {
  test('rejects rotate, and activates a key by its kid', async () => {
    await rings.create({ name: 'held' });
    const held = (await rings.call('POST', 'held/hold')).body;
    expect(held).toMatchObject({ success: true, state: 'HELD' });
    expect(await rings.ring('held')).toMatchObject({
      state: 'HELD',
      heldBecause: 'REQUESTED',
      nextRotationAt: null,
    });
    expect(text(await rings.call('POST', 'held/rotate'))).toEqual([
      400,
      'Key ring (name: held) is held: resume it, or activate a key by its kid!',
      'KEY_RING_HELD',
    ]);
    const { kid } = await rings.member('held', 2);
    expect((await rings.call('POST', 'held/activate', { kid })).body).toMatchObject({ state: 'HELD' });
    expect(await rings.states('held')).toEqual(['RETIRING', 'ACTIVE', 'NEXT']);
    const resumed = (await rings.call('POST', 'held/resume')).body;
    expect(resumed).toMatchObject({ success: true, state: 'STEADY' });
    const ring = await rings.ring('held');
    expect(Date.parse(ring.nextRotationAt)).toBe(Date.parse(ring.members[1].activatedAt) + 90 * 86_400_000);
  });
});

describe('activate', () => {
  test('before verifiers know the key takes force and a reason', async () => {
    await rings.create({ name: 'early', verifierCacheTime: 'PT1H' });
    const { kid, readyAt } = await rings.member('early', 2);
    expect(text(await rings.call('POST', 'early/activate', { kid }))).toEqual([
      400,
      `Key (kid: ${kid}) of key ring (name: early) can not be activated before ${seconds(readyAt)}: verifiers may not know it yet! Give force and a reason to do it all the same.`,
      'KEY_NOT_READY',
    ]);
    for (const reason of [undefined, 'no', 'x'.repeat(501)]) {
      const { status, body } = await rings.call('POST', 'early/activate', { kid, force: true, reason });
      expect({ status, ...body }).toMatchObject({
        status: 400,
        error_description: 'reason must have 3 to 500 characters!',
        member: 'reason',
      });
    }
    const reason = 'y'.repeat(500);
    const forced = await rings.call('POST', 'early/activate', { kid, force: true, reason });
    expect(forced.status).toBe(200);
    expect(await rings.states('early')).toEqual(['RETIRING', 'ACTIVE', 'NEXT']);
    const { body } = await world.api('GET', '/apiops/audit/?action=keyring.activate&size=1');
    expect(body.resultList[0]).toMatchObject({
      actor: 'admin',
      objectType: 'jwk',
      objectName: 'early.2',
      details: { ring: 'early', version: 2, kid, from: 'NEXT', to: 'ACTIVE', cause: 'FORCED', reason },
    });
  });

  test('of a RETIRING key rolls back and holds the ring', async () => {
    await rings.create({ name: 'back' });
    await rings.call('POST', 'back/rotate');
    const { kid } = await rings.member('back', 1);
    const { status, body } = await rings.call('POST', 'back/activate', { kid });
    expect({ status, ...body }).toMatchObject({ status: 200, success: true, state: 'HELD', waitingFor: [] });
    expect(await rings.ring('back')).toMatchObject({
      state: 'HELD',
      heldBecause: 'ROLLBACK',
      members: [{ state: 'ACTIVE', retireAt: null }, { state: 'RETIRING' }, { state: 'NEXT' }],
    });
    expect((await publishedKids('back'))[0]).toBe(kid);
  });

  test('of the ACTIVE key changes nothing', async () => {
    const { kid } = await rings.member('back', 1);
    expect((await rings.call('POST', 'back/activate', { kid })).status).toBe(200);
    expect(await rings.states('back')).toEqual(['ACTIVE', 'RETIRING', 'NEXT']);
  });

  test.each([
    ['no kid', {}, 'kid is required!', 'FIELD_REQUIRED'],
    ['an unknown kid', { kid: 'x' }, 'Key (kid: x) is not found in key ring (name: back)!', 'NOT_FOUND'],
  ])('rejects %s', async (_what, body, message, reason) => {
    expect(text(await rings.call('POST', 'back/activate', body))).toEqual([400, message, reason]);
  });

  test('rejects a RETIRED key', async () => {
    await rings.create({ name: 'over', maxTokenLifetime: 'PT1S' });
    await rings.call('POST', 'over/rotate');
    const ring = await rings.ringWhen('over', ({ members }) => members[0].state === 'RETIRED', 'it retires');
    const { kid } = ring.members[0];
    expect(text(await rings.call('POST', 'over/activate', { kid }))).toEqual([
      400,
      `Key (kid: ${kid}) of key ring (name: over) can not be activated: it is RETIRED!`,
      'KEY_STATE_NOT_VALID',
    ]);
  });
});

describe('a node that is away', () => {
  test('blocks the ring, which names it, until it returns', async () => {
    await rings.create({ name: 'blocked' });
    await node.close();
    await rings.call('POST', 'blocked/rotate');
    // The successor was confirmed before, so the activation needs no node; the one after it waits.
    expect(await rings.states('blocked')).toEqual(['RETIRING', 'ACTIVE', 'STAGED']);
    expect((await rings.member('blocked', 1)).retireAt).not.toBeNull();
    const { body } = await rings.call('POST', 'blocked/rotate');
    expect(body).toMatchObject({
      state: 'BLOCKED',
      activatesAt: null,
      waitingFor: [{ environmentName: 'production', nodeName: 'p1', reason: 'NOT_CONNECTED' }],
    });
    const { kid } = await rings.member('blocked', 3);
    expect(
      text(await rings.call('POST', 'blocked/activate', { kid, force: true, reason: 'because' })),
    ).toEqual([
      400,
      `Key (kid: ${kid}) of key ring (name: blocked) can not be activated: it is not confirmed by node (name: p1) of environment (name: production)!`,
      'KEY_NOT_READY',
    ]);
    node = await world.addNode('production', 'p1');
    await rings.ringWhen('blocked', ({ members }) => members[2].state === 'ACTIVE', 'the third is activated');
    const ring = await rings.ring('blocked');
    expect(ring.state).toBe('STEADY');
  });
});
