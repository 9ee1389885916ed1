import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { accepted, type ProjectApi, projectApi, publishedKeys } from './support/project-api.ts';
import { dial, enrollmentToken, hello } from './support/raw-node.ts';
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
  // Only production is reached, so whatever the other one is given is a leak.
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
  it('is given nothing of production, whatever environment and name the node claims', async () => {
    await deploys('first');
    for (const said of [
      { name: 'p1', environmentId: ids.production ?? '', revision: 0 },
      { name: 'p1', environmentId: ids.production ?? '', revision: 1 },
      { name: 'production', environmentId: null },
    ]) {
      const node = await dial(world, tokenOfOther);
      node.say(hello(said));
      await until(() => node.heard.some(({ type }) => type === 'state'), 'it is told its own state');
      const [welcome, state] = node.heard;
      expect(welcome).toMatchObject({ environmentId: ids.other, environmentName: 'other' });
      expect(state).toMatchObject({ type: 'state', reset: true, from: 0, to: 0, final: true });
      node.socket.close();
      await node.closed;
    }
    expect(await nodesOf('production')).toMatchObject([{ name: 'p1', connected: true }]);
    await deploys('second');
  });

  it('does not take the place of a node of the same name, nor confirms for it', async () => {
    const before = await nodesOf('production');
    const node = await dial(world, tokenOfOther);
    node.say(hello({ name: 'p1', environmentId: ids.production ?? '' }));
    await until(() => node.heard.length > 1, 'it is welcomed');
    node.say({ type: 'applied', revision: 2, digest: '0'.repeat(64) });
    expect(await node.closed).toBe(4400);
    expect(await nodesOf('production')).toEqual(
      before.map((one) => expect.objectContaining({ ...one, lastSeenAt: expect.anything() })),
    );
    await deploys('third');
  });
});

describe('a node that says what makes no sense loses its stream, and no other node does', () => {
  it.each<[string, unknown[], number]>([
    ['nothing but a confirmation', [{ type: 'applied', revision: 0, digest: '0'.repeat(64) }], 4400],
    ['a second hello', [hello(), hello()], 4400],
    [
      'a confirmation of what was not sent',
      [hello(), { type: 'applied', revision: 9, digest: '0'.repeat(64) }],
      4400,
    ],
    ['a negative revision', [hello({ revision: -1 })], 4400],
    ['another version of the protocol', [hello({ protocol: 99 })], 4406],
    ['a name that is none', [hello({ name: '../../etc' })], 4400],
    [
      'a name that is none, of letters of three bytes',
      [hello({ name: `${'語'.repeat(60)} ${'語'.repeat(60)}` })],
      4400,
    ],
    ['a key of low order', [hello({ publicKey: 'A'.repeat(43) })], 4400],
    ['no JSON', ['{'], 4400],
    ['a message larger than any', [`"${'x'.repeat(70 * 1024)}"`], 1009],
    ['a flood of messages', Array.from({ length: 5_000 }, () => hello()), 4400],
  ])('%s', async (_what, messages, code) => {
    const node = await dial(world, tokenOfOther);
    for (const message of messages) node.say(message);
    expect(await node.closed).toBe(code);
    expect(await nodesOf('production')).toMatchObject([{ name: 'p1', connected: true }]);
  });

  it('and production is deployed to as before', () => deploys('fourth'));
});

describe('a token that is revoked', () => {
  const path = '/apiops/environments/production/enrollment-tokens/';

  it('ends the streams that it opened and opens none again; nodes of other tokens stay', async () => {
    const named = await world.api('POST', path, { name: 'to-be-revoked' });
    expect(Object.keys(named.body).sort()).toEqual(['success', 'token']);
    const node = await dial(world, named.body.token);
    node.say(hello());
    await until(() => node.heard.length > 0, 'it is welcomed');
    const { body } = await world.api('GET', path);
    expect(JSON.stringify(body)).not.toContain(named.body.token);
    const listed: { id: string; name: string | null; createdAt: string }[] = body.resultList;
    expect(new Set(listed.map(({ name }) => name))).toEqual(new Set([null, 'to-be-revoked']));
    const id = listed.find(({ name }) => name === 'to-be-revoked')?.id;
    const answer = await world.api('DELETE', `${path}${id}/`);
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    expect(await node.closed).toBe(4401);
    await expect(dial(world, named.body.token)).rejects.toThrow(/401/);
    expect(await nodesOf('production')).toMatchObject([{ name: 'p1', connected: true }, { name: 'raw' }]);
  });

  it('is revoked once, and by its own environment', async () => {
    const [token] = (await world.api('GET', path)).body.resultList;
    const elsewhere = `/apiops/environments/other/enrollment-tokens/${token.id}/`;
    expect((await world.api('DELETE', elsewhere)).body).toMatchObject({
      error: 'bad_request',
      error_description: `Enrollment token (id: ${token.id}) is not found!`,
    });
    expect((await nodesOf('production'))[0]).toMatchObject({ name: 'p1', connected: true });
  });
});
