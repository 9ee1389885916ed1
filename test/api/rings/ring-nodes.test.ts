import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../../src/node/start-node.ts';
import { startTestManager, type TestManager, until } from '../../support/manager.ts';
import { startFakeNode } from '../support/fake-node.ts';
import { type Item, noCaches, type RingApi, ringApi } from './support/ring-api.ts';

let world: TestManager;
let node: RunningNode;
let rings: RingApi;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'], settings: noCaches });
  node = await world.addNode('production', 'n1');
  rings = ringApi(world.api);
  await isServing(node);
});
afterAll(() => world.close());

const get = (path: string, from = node) => fetch(`${from.url}/projects/MyProject/${path}`);
const isServing = ({ url }: RunningNode) =>
  until(async () => (await fetch(`${url}/readyz`)).ok, 'the node has its first state');
const kidsOf = async (from = node): Promise<string[]> => {
  const { keys } = (await (await get('.well-known/jwks.json', from)).json()) as { keys: Item[] };
  return keys.map(({ kid }) => kid);
};
const isReady = (ring: Item) => ring.members.at(-1).state === 'NEXT' && ring.state === 'STEADY';

describe('a node with a key ring', () => {
  test('has no historical keys before there is one', async () => {
    const answer = await get('.well-known/historical-jwks');
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 404,
      body: {
        error: 'not_found',
        error_description:
          'This node has no key ring that signs the historical keys of a project of this name',
      },
    });
  });

  test('publishes the ACTIVE key first, then those that sort before it', async () => {
    expect((await rings.create({ name: 'api-signing' })).status).toBe(200);
    const { members } = await rings.ringWhen('api-signing', isReady, 'the second key is NEXT');
    expect(members.map(({ state }: Item) => state)).toEqual(['ACTIVE', 'NEXT']);
    expect(await kidsOf()).toEqual([members[0].kid, members[1].kid]);
    expect((await rings.call('POST', 'api-signing/rotate')).status).toBe(200);
    const rotated = await rings.ringWhen(
      'api-signing',
      ({ members }) => members[1].state === 'ACTIVE',
      'v2 is ACTIVE',
    );
    await until(async () => (await kidsOf())[0] === rotated.members[1].kid, 'the new key is first');
    expect(await kidsOf()).toContain(rotated.members[0].kid);
  });

  test('signs for as long as the longest lease, as the list of nodes shows', async () => {
    const { body } = await world.api('GET', '/apiops/environments/production/nodes/');
    const [{ lastSeenAt, signsUntil }] = body.resultList;
    expect(Date.parse(signsUntil) - Date.parse(lastSeenAt)).toBe(7 * 24 * 3_600_000);
  });

  test('lists revoked keys in the historical keys, signed by the ACTIVE key, and publishes them no more', async () => {
    const before = await rings.ringWhen('api-signing', isReady, 'a successor is NEXT');
    const stolen = before.members.find(({ state }: Item) => state === 'ACTIVE');
    const revoked = await rings.call('POST', 'api-signing/revoke', {
      kid: stolen.kid,
      reason: 'COMPROMISED',
    });
    expect(revoked.status).toBe(200);
    await until(async () => !(await kidsOf()).includes(stolen.kid), 'it is unpublished');
    const answer = await get('.well-known/historical-jwks');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/jwk-set+jwt');
    const jws = await answer.text();
    const [header = '', payload = '', signature = ''] = jws.split('.');
    const { keys: published } = (await (await get('.well-known/jwks.json')).json()) as { keys: Item[] };
    const read = (part: string): Item => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'ES256', kid: published[0]?.kid, typ: 'jwk-set+jwt' });
    const key = createPublicKey({ key: published[0] as JsonWebKey, format: 'jwk' });
    const bytes = Buffer.from(`${header}.${payload}`);
    const isRight = verify(
      'sha256',
      bytes,
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    expect(isRight).toBe(true);
    const { revokedAt } = (await rings.ring('api-signing')).members.find(
      ({ kid }: Item) => kid === stolen.kid,
    );
    const at = Math.ceil(Date.parse(revokedAt) / 1000);
    const { iss, keys } = read(payload);
    expect(iss).toBe('MyProject');
    expect(keys).toEqual([
      expect.objectContaining({
        kid: stolen.kid,
        kty: 'EC',
        exp: at,
        revoked: { revoked_at: at, reason: 'compromised' },
      }),
    ]);
    expect(keys[0].d).toBeUndefined();
    // Signed once, not for each request.
    expect(await (await get('.well-known/historical-jwks')).text()).toBe(jws);
  });

  test('without private keys cannot sign the historical keys', async () => {
    const published = await world.addNode('production', 'public', { privateKeys: false });
    await isServing(published);
    expect(await kidsOf(published)).toEqual(await kidsOf());
    const answer = await get('.well-known/historical-jwks', published);
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 503,
      body: { error: 'unavailable', error_description: 'This node holds no private keys!' },
    });
  });
});

describe('a node that is connected and does not confirm', () => {
  let slow: TestManager;
  beforeAll(async () => {
    const settings = { ...noCaches, KEYPLANE_DEPLOY_TIMEOUT: '1500' };
    slow = await startTestManager({ environments: ['production'], settings });
    await startFakeNode(slow, { environment: 'production', name: 'mute', reply: () => undefined });
  });
  afterAll(() => slow.close());

  /** Deployments that waited for longer than a moment. */
  async function longWaits(): Promise<number> {
    const text = await (await fetch(`${slow.url}/metrics`)).text();
    const count = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
    const all = count(/^keyplane_deployment_duration_seconds_count (\d+)/m);
    return all - count(/^keyplane_deployment_duration_seconds_bucket\{le="1"\} (\d+)/m);
  }

  test('is waited for once by a request that deploys several times', async () => {
    const api = ringApi(slow.api);
    const reason = 'Node (mute): did not confirm in 1500 ms';
    const created = await api.create({ name: 'waiting' });
    expect(created.body.deploymentResult.environmentResults).toMatchObject([{ message: reason }]);
    expect(await longWaits()).toBe(1);
    const { kid } = await api.member('waiting', 1);
    const revoked = await api.call('POST', 'waiting/revoke', { kid, reason: 'COMPROMISED' });
    expect(revoked.body.deploymentResult.environmentResults).toMatchObject([{ message: reason }]);
    expect(await longWaits()).toBe(2);
  });
});
