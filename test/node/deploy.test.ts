import { describe, expect, test } from 'vitest';
import { certificate, ecJwk, keystore, octJwk, publicMembers, secretKey } from './support/contents.ts';
import { digestOf, type FakeManager, type ManagerLink } from './support/fake-manager.ts';
import { getJson, runningManager, runningNode, type TestNode, temporaryFolder } from './support/test-node.ts';

async function connected(): Promise<{
  manager: FakeManager;
  node: TestNode;
  link: ManagerLink;
  dataDir: string;
}> {
  const manager = await runningManager();
  const dataDir = await temporaryFolder();
  const node = await runningNode({ managerUrl: manager.url, dataDir });
  return { manager, node, link: await manager.links.next(), dataDir };
}

const kidsOf = async (node: TestNode) => {
  const { keys } = (await getJson(`${node.url}/.well-known/jwks.json`)) as { keys: { kid: string }[] };
  return keys.map((key) => key.kid);
};

describe('a node', () => {
  test('sends the hello of an empty node and serves its first state once it is applied', async () => {
    const { node, link } = await connected();
    expect(link.hello).toMatchObject({ name: 'node-1', version: '1.2.3' });
    expect(link.resume).toMatchObject({ environmentId: null, revision: 0, digest: '0'.repeat(64) });
    expect((await fetch(`${node.url}/readyz`)).status).toBe(503);
    const jwk = ecJwk({ name: 'my-jwk' });
    expect(await link.reset(7, [jwk, octJwk('secret')])).toMatchObject({ type: 'applied', revision: 7 });
    expect(await getJson(`${node.url}/.well-known/jwks.json`)).toEqual({ keys: [publicMembers(jwk)] });
    expect((await fetch(`${node.url}/readyz`)).status).toBe(200);
  });

  test('is ready with an empty set once the manager reports that the environment is empty', async () => {
    const { node, link } = await connected();
    expect(await link.reset(0, [])).toEqual({ type: 'applied', revision: 0, digest: '0'.repeat(64) });
    expect(await getJson(`${node.url}/.well-known/jwks.json`)).toEqual({ keys: [] });
  });

  test('answers with the digest that it computed itself, over objects of all kinds', async () => {
    const { node, link } = await connected();
    const all = [ecJwk({ name: 'a' }), certificate('b'), secretKey('c'), keystore('d')];
    expect(await link.reset(4, all)).toEqual({ type: 'applied', revision: 4, digest: digestOf(all) });
    expect(await getJson(`${node.url}/status`)).toMatchObject({
      environment: 'production',
      name: 'node-1',
      revision: 4,
      connected: true,
      counts: { jwks: 1, certificates: 1, keys: 1, keystores: 1, published: 1 },
    });
  });

  test('a node applies deltas: new, altered and deleted objects', async () => {
    const { node, link } = await connected();
    const [a, b, c] = [ecJwk({ name: 'a' }), ecJwk({ name: 'b' }), ecJwk({ name: 'c' })];
    await link.reset(2, [a, b]);
    const renewed = { ...a, jwk: { ...ecJwk({ name: 'a' }).jwk, kid: 'renewed' } };
    const changes = [
      { revision: 3, put: c },
      { revision: 5, put: renewed },
      { revision: 6, gone: { kind: 'jwk' as const, id: b.id } },
    ];
    expect(await link.change(2, changes, [renewed, c])).toMatchObject({ type: 'applied', revision: 6 });
    expect(await kidsOf(node)).toEqual(['renewed', 'kid-c']);
  });

  test('swaps at the final part of a reset and serves the old state until then', async () => {
    const { node, link } = await connected();
    const [old, a, b] = [ecJwk({ name: 'old' }), ecJwk({ name: 'a' }), ecJwk({ name: 'b' })];
    await link.reset(1, [old]);
    link.send({ reset: true, from: 0, to: 2, final: false, digest: null }, [{ revision: 2, put: a }]);
    expect(await kidsOf(node)).toEqual(['kid-old']);
    link.send({ reset: true, from: 2, to: 3, final: true, digest: digestOf([a, b]) }, [
      { revision: 3, put: b },
    ]);
    expect(await link.answers.next()).toMatchObject({ type: 'applied', revision: 3 });
    expect(await kidsOf(node)).toEqual(['kid-a', 'kid-b']);
    expect(link.answers.waiting).toBe(0);
  });

  test('applies a difference of several parts as one', async () => {
    const { node, link } = await connected();
    const [a, b, c] = [ecJwk({ name: 'a' }), ecJwk({ name: 'b' }), ecJwk({ name: 'c' })];
    await link.reset(1, [a]);
    link.send({ reset: false, from: 1, to: 2, final: false, digest: null }, [{ revision: 2, put: b }]);
    const changes = [
      { revision: 4, put: c },
      { revision: 5, gone: { kind: 'jwk' as const, id: b.id } },
    ];
    link.send({ reset: false, from: 2, to: 5, final: true, digest: digestOf([a, c]) }, changes);
    expect(await link.answers.next()).toMatchObject({
      type: 'applied',
      revision: 5,
      digest: digestOf([a, c]),
    });
    expect(await kidsOf(node)).toEqual(['kid-a', 'kid-c']);
  });

  test('applies the snapshot of an environment that was deleted and created again under the same name', async () => {
    const { manager, node, link } = await connected();
    await link.reset(9, [ecJwk({ name: 'old' })]);
    manager.environmentId = 'environment-2';
    link.socket.terminate();
    const next = await manager.links.next();
    expect(next.resume).toMatchObject({ environmentId: 'environment-1', revision: 9 });
    expect(await next.reset(1, [ecJwk({ name: 'new' })])).toMatchObject({ type: 'applied', revision: 1 });
    expect(await kidsOf(node)).toEqual(['kid-new']);
    expect(
      node.log.lines.some((line) => line.level === 'warn' && /deleted and created again/.test(line.text)),
    ).toBe(true);
  });
});

describe('a node refuses, and stays where it was,', () => {
  const stays = async (node: TestNode) => {
    expect(await kidsOf(node)).toEqual(['kid-a']);
    expect(await getJson(`${node.url}/status`)).toMatchObject({ revision: 5 });
  };

  async function atFive() {
    const a = ecJwk({ name: 'a' });
    const setUp = await connected();
    await setUp.link.reset(5, [a]);
    return { ...setUp, a };
  }

  test('a difference that begins at another revision than its own', async () => {
    const { node, link, a } = await atFive();
    const b = ecJwk({ name: 'b' });
    for (const from of [4, 6]) {
      const answer = await link.change(from, [{ revision: 8, put: b }], [a, b]);
      expect(answer).toMatchObject({ type: 'refused', revision: 8 });
      expect(answer).toHaveProperty('reason', `this node is at revision 5, the change begins at ${from}`);
    }
    await stays(node);
  });

  test('a delta that ends at its own revision or before it', async () => {
    const { node, link } = await atFive();
    for (const to of [5, 3]) {
      link.send({ reset: false, from: 5, to, final: true, digest: '0'.repeat(64) }, []);
      expect(await link.answers.next()).toMatchObject({
        type: 'refused',
        reason: expect.stringMatching(/does not come after/),
      });
    }
    await stays(node);
  });

  test('a digest that is not that of what was sent, and takes the right one afterwards', async () => {
    const { node, link, a } = await atFive();
    const b = ecJwk({ name: 'b' });
    expect(await link.change(5, [{ revision: 6, put: b }], [b])).toMatchObject({
      type: 'refused',
      reason: expect.stringMatching(/^digest differs/),
    });
    await stays(node);
    expect(await link.change(5, [{ revision: 6, put: b }], [a, b])).toMatchObject({ type: 'applied' });
  });

  test('a reset to an earlier revision of the same environment', async () => {
    const { node, link } = await atFive();
    expect(await link.reset(4, [ecJwk({ name: 'b' })])).toMatchObject({
      type: 'refused',
      reason: 'this node already has revision 5, the manager only 4: was it restored from an older backup?',
    });
    await stays(node);
  });

  test('changes that are out of order or beyond the message', async () => {
    const { node, link, a } = await atFive();
    const b = ecJwk({ name: 'b' });
    const c = ecJwk({ name: 'c' });
    link.send({ reset: false, from: 5, to: 7, final: true, digest: digestOf([a, b, c]) }, [
      { revision: 7, put: b },
      { revision: 6, put: c },
    ]);
    expect(await link.answers.next()).toMatchObject({
      type: 'refused',
      reason: expect.stringMatching(/order of their revisions/),
    });
    link.send({ reset: false, from: 5, to: 7, final: true, digest: digestOf([a, b]) }, [
      { revision: 8, put: b },
    ]);
    expect(await link.answers.next()).toMatchObject({
      type: 'refused',
      reason: expect.stringMatching(/order of their revisions/),
    });
    await stays(node);
  });

  test.each([
    ['of an unknown kty', { kty: 'XYZ' }, /kty is none that this node knows/],
    ['without its public members', { kty: 'EC', crv: 'P-256', d: 'canary-private-member' }, /x is missing/],
    ['that is not an object', [], /jwk is missing or of the wrong type/],
  ])('a JWK %s, by its name and id and without repeating it', async (_what, jwk, reason) => {
    const { node, link, a } = await atFive();
    const bad = { ...ecJwk({ name: 'bad' }), jwk: jwk as Record<string, unknown> };
    const answer = await link.change(5, [{ revision: 6, put: bad }], [a, bad]);
    expect(answer).toMatchObject({ type: 'refused', object: { kind: 'jwk', id: bad.id } });
    expect(answer).toHaveProperty('reason', expect.stringMatching(/^jwk MyProject\/bad: /));
    expect(answer).toHaveProperty('reason', expect.stringMatching(reason));
    expect(JSON.stringify([answer, node.log.lines])).not.toContain('canary');
    await stays(node);
  });

  test('a name that would be a path, although the manager accepts it', async () => {
    const { node, link, a } = await atFive();
    const bad = ecJwk({ name: 'b', project: '../../etc' });
    expect(await link.change(5, [{ revision: 6, put: bad }], [a, bad])).toMatchObject({
      type: 'refused',
      reason: 'jwk: project is not a name',
    });
    await stays(node);
  });

  test('parts after a refused one without burying its reason', async () => {
    const { node, link, a } = await atFive();
    const bad = { ...ecJwk({ name: 'bad' }), jwk: { kty: 'XYZ' } };
    const b = ecJwk({ name: 'b' });
    link.send({ reset: false, from: 5, to: 6, final: false, digest: null }, [{ revision: 6, put: bad }]);
    link.send({ reset: false, from: 6, to: 7, final: true, digest: digestOf([a, b]) }, [
      { revision: 7, put: b },
    ]);
    expect(await link.answers.next()).toMatchObject({ type: 'refused', object: { id: bad.id } });
    expect(await link.reset(7, [a])).toMatchObject({ type: 'applied', revision: 7 });
    expect(await kidsOf(node)).toEqual(['kid-a']);
  });

  test('a message that was altered on its way, by ending the connection', async () => {
    const { manager, node, link } = await atFive();
    const b = ecJwk({ name: 'b' });
    const changes = [{ revision: 6, put: b }];
    link.send({ reset: true, from: 0, to: 6, final: true, digest: digestOf([b]) }, changes, (state) => ({
      ...state,
      to: 7,
    }));
    expect(await link.closed()).toBe(4403);
    await stays(node);
    expect((await manager.links.next()).resume.revision).toBe(5);
  });
});
