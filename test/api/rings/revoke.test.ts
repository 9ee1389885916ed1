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

const refusal = ({ status, body }: Answer) => [status, body.error_description, body.reason, body.member];

async function publishedKids(): Promise<readonly string[]> {
  const answer = await fetch(`${node.url}/projects/MyProject/.well-known/jwks.json`);
  return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

describe('the revocation of the ACTIVE key', () => {
  test('unpublishes it, activates its successor and publishes another, before the answer comes', async () => {
    await rings.create({ name: 'stolen', verifierCacheTime: 'PT1S' });
    await rings.ringWhen('stolen', ({ members }) => members[1].state === 'NEXT', 'a successor is published');
    const { kid } = await rings.member('stolen', 1);
    const { readyAt } = await rings.member('stolen', 2);
    await until(() => Date.now() > Date.parse(readyAt), 'verifiers know the successor');
    const { status, body } = await rings.call('POST', 'stolen/revoke', {
      kid,
      reason: 'COMPROMISED',
      comment: 'Found in a log',
    });
    expect({ status, ...body }).toEqual({
      status: 200,
      success: true,
      revocationId: expect.any(String),
      revokedAt: expect.any(String),
      kids: [kid],
      reason: 'COMPROMISED',
      comment: 'Found in a log',
      safeNodes: [{ environmentName: 'production', nodeName: 'p1', safeAfterMs: expect.any(Number) }],
      pendingNodes: [],
      nodesSafeAt: expect.any(String),
      verifiersSafeAt: expect.any(String),
      deploymentResult: expect.objectContaining({ success: true }),
    });
    const [safe] = body.safeNodes;
    expect(Date.parse(body.nodesSafeAt)).toBe(Date.parse(body.revokedAt) + safe.safeAfterMs);
    // A + W + V
    expect(Date.parse(body.verifiersSafeAt)).toBe(Date.parse(body.nodesSafeAt) + 1_000);
    expect(await publishedKids()).not.toContain(kid);
    const ring = await rings.ring('stolen');
    expect(ring.members).toMatchObject([
      { state: 'REVOKED', revokedAt: body.revokedAt, revokedReason: 'COMPROMISED' },
      { state: 'ACTIVE' },
      { state: 'NEXT' },
    ]);
    expect((await publishedKids())[0]).toBe(ring.members[1].kid);

    const clock = await rings.call('GET', `stolen/revocations/${body.revocationId}/`);
    const { deploymentResult: _, ...first } = body;
    expect(clock.body).toEqual(first);
    const again = await rings.call('POST', 'stolen/revoke', { kid, reason: 'UNSPECIFIED' });
    expect(again.body).toMatchObject(first);
    expect(await rings.states('stolen')).toEqual(['REVOKED', 'ACTIVE', 'NEXT']);
  });

  test('erases its private part, and the audit log says who did it and why', async () => {
    const [row] = await world.raw("select private_members from jwks where name = 'stolen.1'");
    expect(row).toEqual({ private_members: null });
    const { body } = await world.api('GET', '/apiops/audit/?action=keyring.revoke&size=1');
    expect(body.resultList[0]).toMatchObject({
      actor: 'admin',
      objectName: 'stolen.1',
      details: { from: 'ACTIVE', to: 'REVOKED', cause: 'COMPROMISED', reason: 'Found in a log' },
    });
  });

  test('says so where verifiers may not know the successor', async () => {
    await rings.create({ name: 'unready', verifierCacheTime: 'PT1H' });
    const { kid } = await rings.member('unready', 1);
    const { body } = await rings.call('POST', 'unready/revoke', { kid, reason: 'SUPERSEDED' });
    expect(body.activatedBeforeReady).toBe(true);
  });
});

describe('the revocation of all', () => {
  test('revokes ACTIVE and NEXT, and generates the key that follows in the same request', async () => {
    await rings.create({ name: 'all' });
    await rings.ringWhen('all', ({ members }) => members[1].state === 'NEXT', 'a successor is published');
    const { body } = await rings.call('POST', 'all/revoke', { all: true, reason: 'COMPROMISED' });
    expect(body).toMatchObject({ success: true, activatedBeforeReady: true, pendingNodes: [] });
    expect(body.kids).toHaveLength(2);
    const ring = await rings.ring('all');
    expect(ring.members.map(({ state }: Item) => state)).toEqual(['REVOKED', 'REVOKED', 'ACTIVE', 'NEXT']);
    const published = await publishedKids();
    expect(body.kids.filter((kid: string) => published.includes(kid))).toEqual([]);
  });
});

describe('a revocation', () => {
  test('of a RETIRED key is for the record', async () => {
    await rings.create({ name: 'record', maxTokenLifetime: 'PT1S' });
    await rings.call('POST', 'record/rotate');
    const retired = await rings.ringWhen(
      'record',
      ({ members }) => members[0].state === 'RETIRED',
      'it retires',
    );
    const { kid } = retired.members[0];
    const { status } = await rings.call('POST', 'record/revoke', { kid, reason: 'UNSPECIFIED' });
    expect(status).toBe(200);
    expect(await rings.states('record')).toEqual(['REVOKED', 'ACTIVE', 'NEXT']);
  });

  test('waits for a node that is away, which is named with what it may still do', async () => {
    await rings.create({ name: 'away' });
    const { kid } = await rings.member('away', 1);
    await node.close();
    const { body } = await rings.call('POST', 'away/revoke', { kid, reason: 'COMPROMISED' });
    expect(body).toMatchObject({ safeNodes: [], nodesSafeAt: null, verifiersSafeAt: null });
    const [pending] = body.pendingNodes;
    expect(pending).toMatchObject({ environmentName: 'production', nodeName: 'p1', publishesUntil: null });
    expect(Date.parse(pending.signsUntil)).toBe(Date.parse(pending.lastSeenAt) + 7 * 86_400_000);
    expect((await rings.ring('away')).state).toBe('REVOKING');
    node = await world.addNode('production', 'p1');
    const path = `away/revocations/${body.revocationId}/`;
    await until(async () => (await rings.call('GET', path)).body.nodesSafeAt !== null, 'the node is safe');
    expect((await rings.call('GET', path)).body).toMatchObject({
      safeNodes: [{ environmentName: 'production', nodeName: 'p1' }],
      pendingNodes: [],
    });
    await rings.ringWhen('away', ({ state }) => state !== 'REVOKING', 'the ring is past it');
  });

  test.each([
    ['neither kid nor all', {}, 'Give either kid, or all with the value true!', 'FIELD_REQUIRED', 'kid'],
    [
      'both',
      { kid: 'x', all: true },
      'Give either kid, or all with the value true!',
      'FIELD_NOT_VALID',
      'all',
    ],
    [
      'no reason',
      { all: true, reason: undefined },
      'reason is required! Valid values: COMPROMISED, SUPERSEDED, UNSPECIFIED',
      'FIELD_REQUIRED',
      'reason',
    ],
    [
      'an unknown reason',
      { all: true, reason: 'BORED' },
      'reason (BORED) is not valid! Valid values: COMPROMISED, SUPERSEDED, UNSPECIFIED',
      'FIELD_NOT_VALID',
      'reason',
    ],
    [
      'an unknown kid',
      { kid: 'x' },
      'Key (kid: x) is not found in key ring (name: all)!',
      'NOT_FOUND',
      'kid',
    ],
  ])('with %s is rejected', async (_what, body, text, reason, member) => {
    const answer = await rings.call('POST', 'all/revoke', { reason: 'COMPROMISED', ...body });
    expect(refusal(answer)).toEqual([400, text, reason, member]);
  });

  test('that is not there is rejected', async () => {
    expect(refusal(await rings.call('GET', 'all/revocations/none/'))).toEqual([
      400,
      'Revocation (id: none) is not found!',
      'NOT_FOUND',
      undefined,
    ]);
  });
});
