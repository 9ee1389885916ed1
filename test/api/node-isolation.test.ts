import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { accepted, type ProjectApi, projectApi, publishedKeys } from './support/project-api.ts';
import { bareStream, enrollmentToken, hello, rawNode } from './support/raw-node.ts';
import { p256Public } from './support/sample-keys.ts';

let world: TestManager;
let own: RunningNode;
let project: ProjectApi;
let tokenOfOther: string;
const ids: Record<string, string> = {};

beforeAll(async () => {
  world = await startTestManager({ environments: ['other', 'production'] });
  own = await world.addNode('production', 'p1');
  project = projectApi(world.api, 'MyProject');
  tokenOfOther = await enrollmentToken(world, 'other');
  const { body } = await world.api('GET', '/apiops/environments/');
  for (const { name, id } of body.resultList) ids[name] = id;
  // Only production is reached, so anything that the other one is given is a leak.
  const narrowed = { name: 'other', type: 'TEST', projects: [] };
  accepted(await world.api('PUT', '/apiops/environments/other/', narrowed));
});
afterAll(() => world.close());

const nodesOf = async (environment: string) =>
  (await world.api('GET', `/apiops/environments/${environment}/nodes/`)).body.resultList as {
    name: string;
    connected: boolean;
    appliedRevision: number;
  }[];
const deploys = async (kid: string) => {
  const { body } = await project.paste(kid, p256Public, kid);
  const results: { environmentName: string; success: boolean }[] = body.deploymentResult.environmentResults;
  expect(results.find(({ environmentName }) => environmentName === 'production')).toMatchObject({
    success: true,
  });
  expect((await publishedKeys(own)).map((key: { kid?: string }) => key.kid)).toContain(kid);
};

describe('the token of another environment', () => {
  test('receives nothing of production, whatever environment and name the node claims', async () => {
    await deploys('first');
    for (const resume of [
      { environmentId: ids.production ?? '', revision: 0 },
      { environmentId: ids.production ?? '', revision: 1 },
      { environmentId: null },
    ]) {
      const node = rawNode(world, tokenOfOther, { environment: 'other', name: 'p1', resume });
      expect(await node.welcomed).toMatchObject({ environmentId: ids.other, environmentName: 'other' });
      await until(() => node.heard.length > 1, 'it received its state');
      expect(node.heard[1]).toMatchObject({ type: 'state', reset: true, from: 0, to: 0, final: true });
      node.socket.close();
      await node.closed;
    }
    const elsewhere = rawNode(world, tokenOfOther, { environment: 'production', name: 'another' });
    expect(await elsewhere.closed).toEqual({
      code: 4401,
      reason: 'the enrollment token is for another environment',
    });
    expect(await nodesOf('production')).toMatchObject([{ name: 'p1', connected: true }]);
    await deploys('second');
  });

  test('does not take the place of a node of the same name, nor confirms for it', async () => {
    const before = await nodesOf('production');
    const node = rawNode(world, tokenOfOther, { environment: 'other', name: 'p1' });
    await node.welcomed;
    node.say({ type: 'applied', revision: 2, digest: '0'.repeat(64) });
    expect((await node.closed).code).toBe(4400);
    expect(await nodesOf('production')).toEqual(
      before.map((one) => expect.objectContaining({ ...one, lastSeenAt: expect.anything() })),
    );
    await deploys('third');
  });
});

describe('a node that sends an invalid message loses its stream, and no other node does', () => {
  test.each<[string, unknown[], number]>([
    ['nothing but a confirmation', [{ type: 'applied', revision: 0, digest: '0'.repeat(64) }], 4400],
    ['something sealed before the handshake', [{ type: 'sealed', sealed: 'AAAA' }], 4400],
    ['a second hello', [hello(), hello()], 4400],
    ['another version of the protocol', [hello({ protocol: 99 })], 4406],
    ['a name that is none', [hello({ name: '../../etc' })], 4400],
    [
      'a name that is none, of letters of three bytes',
      [hello({ name: `${'語'.repeat(60)} ${'語'.repeat(60)}` })],
      4400,
    ],
    ['a key that nobody knows', [hello()], 4401],
    ['an environment that does not exist', [hello({ environment: 'none' })], 4401],
    ['no JSON', ['{'], 4400],
    ['a message larger than any', [`"${'x'.repeat(70 * 1024)}"`], 1009],
    ['a flood of messages', Array.from({ length: 5_000 }, () => hello()), 4400],
  ])('%s', async (_what, messages, code) => {
    const node = await bareStream(world);
    for (const message of messages) node.say(message);
    expect((await node.closed).code).toBe(code);
    expect(await nodesOf('production')).toMatchObject([{ name: 'p1', connected: true }]);
  });

  test('a confirmation of a revision that was not sent', async () => {
    const node = rawNode(world, tokenOfOther, { environment: 'other', name: 'liar' });
    await node.welcomed;
    node.say({ type: 'applied', revision: 9, digest: '0'.repeat(64) });
    expect((await node.closed).code).toBe(4400);
  });

  test('a negative revision', async () => {
    const resume = { revision: -1 };
    const node = rawNode(world, tokenOfOther, { environment: 'other', name: 'negative', resume });
    expect((await node.closed).code).toBe(4400);
  });

  test('and production still receives changes', () => deploys('fourth'));
});

describe('a token that is revoked', () => {
  const path = '/apiops/environments/production/enrollment-tokens/';

  test('closes the streams that it opened and opens none again; nodes of other tokens stay connected', async () => {
    const named = await world.api('POST', path, { name: 'to-be-revoked' });
    expect(Object.keys(named.body).sort()).toEqual(['success', 'token']);
    const node = rawNode(world, named.body.token);
    await node.welcomed;
    const { body } = await world.api('GET', path);
    expect(JSON.stringify(body)).not.toContain(named.body.token);
    const listed: { id: string; name: string | null; createdAt: string }[] = body.resultList;
    expect(new Set(listed.map(({ name }) => name))).toEqual(new Set([null, 'to-be-revoked']));
    const id = listed.find(({ name }) => name === 'to-be-revoked')?.id;
    const answer = await world.api('DELETE', `${path}${id}/`);
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    expect((await node.closed).code).toBe(4401);
    for (const name of ['raw', 'raw-2']) {
      expect((await rawNode(world, named.body.token, { name }).closed).code).toBe(4401);
    }
    expect(await nodesOf('production')).toMatchObject([{ name: 'p1', connected: true }, { name: 'raw' }]);
  });

  test('is revoked once, and by its own environment', async () => {
    const [token] = (await world.api('GET', path)).body.resultList;
    const elsewhere = `/apiops/environments/other/enrollment-tokens/${token.id}/`;
    expect((await world.api('DELETE', elsewhere)).body).toMatchObject({
      error: 'bad_request',
      error_description: `Enrollment token (id: ${token.id}) is not found!`,
    });
    expect((await nodesOf('production'))[0]).toMatchObject({ name: 'p1', connected: true });
  });
});
