import { beforeEach, expect, test } from 'vitest';
import type { Environment, NodeStatus, RegisteredNode } from '../../src/environments/environment-store.ts';
import { newId } from '../../src/new-id.ts';
import type { Store } from '../../src/store/store.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';
import { sampleEnvironment, sampleNode } from './samples.ts';

const withKey = {
  keyId: 'a-key',
  privateKeys: true,
  address: null,
  clockOffsetMs: null,
  serveLimitMs: null,
  ephemeral: false,
};

withDatabases('streams of nodes', (fresh, kind) => {
  let database: TestDatabase;
  let store: Store;
  let environment: Environment;
  const [here, there] = [newId(), newId()];
  const now = new Date('2026-07-08T09:10:11.123Z');

  beforeEach(async () => {
    database = await fresh();
    store = await database.open();
    environment = sampleEnvironment();
    await store.write(({ environments }) => environments.insert(environment));
    for (const id of [here, there]) await beat(id);
  });

  const beat = (id: string) => store.asyncCommit(({ managers }) => managers.beat({ id, version: '1.0.0' }));
  const stored = async (node: RegisteredNode) => {
    await store.write(({ nodes }) => nodes.insert(node));
    return node;
  };
  const claim = ({ id: nodeId }: RegisteredNode, managerId: string) =>
    store.asyncCommit(({ nodes }) => nodes.claim({ nodeId, managerId, version: '1.1.0', ...withKey }));
  const found = ({ name }: RegisteredNode) => store.read(({ nodes }) => nodes.find(environment.id, name));
  const status = ({ id: nodeId }: RegisteredNode, facts: Partial<NodeStatus>): NodeStatus => ({
    nodeId,
    managerId: here,
    connection: 1,
    appliedRevision: 0,
    connected: true,
    version: '1.0.0',
    refusal: null,
    ...facts,
  });

  test('what a deployment waits for is what the lists of nodes say, with the names of their environments', async () => {
    const [empty, missing] = [sampleEnvironment(), newId()];
    await store.write(({ environments }) => environments.insert(empty));
    const [one, other, away] = ['c', 'a', 'b'].map((name) => sampleNode(environment.id, { name }));
    await claim(await stored(one as RegisteredNode), here);
    await claim(await stored(other as RegisteredNode), there);
    await stored(away as RegisteredNode);
    await store.asyncCommit(({ nodes }) =>
      nodes.record([
        status(one as RegisteredNode, {
          appliedRevision: 7,
          refusal: { revision: 8, reason: 'the disk is full' },
        }),
      ]),
    );
    await store.asyncCommit(({ managers }) => managers.delete(there));
    const ids = [environment.id, empty.id, missing];
    const { deployed, listed } = await store.read(async ({ nodes }) => ({
      deployed: await nodes.deployedIn(ids),
      listed: await nodes.listOf(ids),
    }));
    expect(deployed).toHaveLength(2);
    const ours = deployed.find(({ environmentId }) => environmentId === environment.id);
    expect(ours).toMatchObject({ environmentName: environment.name });
    expect(ours?.nodes.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(listed).toMatchObject(ours?.nodes ?? []);
    expect(ours?.nodes.map(({ connected }) => connected)).toEqual([false, false, true]);
    expect(deployed).toContainEqual({ environmentId: empty.id, environmentName: empty.name, nodes: [] });
  });

  test('figures count a node as connected only where its manager is alive', async () => {
    const [one, other] = [
      sampleNode(environment.id, { name: 'a' }),
      sampleNode(environment.id, { name: 'b' }),
    ];
    await claim(await stored(one), here);
    await claim(await stored(other), there);
    await store.asyncCommit(({ managers }) => managers.delete(there));
    await beat(here);
    const { environments } = await store.read(({ stats }) => stats.stats(now, now));
    expect(environments).toMatchObject([{ nodes: 2, connected: 1 }]);
  });

  test('what was seen of 700 nodes is recorded at once, forgotten ones are passed over', async () => {
    const nodes = Array.from({ length: 700 }, (_, index) =>
      sampleNode(environment.id, { name: `node-${String(index).padStart(3, '0')}`, version: '0.9.0' }),
    );
    const kept = nodes.slice(0, 699);
    await store.write(async (stores) => {
      for (const node of kept) {
        await stores.nodes.insert(node);
        await stores.nodes.claim({
          nodeId: node.id,
          managerId: here,
          version: '0.9.0',
          ...withKey,
        });
      }
    });
    const refusal = { revision: 9, reason: 'no room' };
    const seenOf = (index: number) => ({
      appliedRevision: index + 1,
      connected: index % 2 === 0,
      version: index < 10 ? null : '1.0.0',
      refusal: index % 3 === 0 ? refusal : null,
    });
    await store.asyncCommit((stores) =>
      stores.nodes.record(nodes.map((node, index) => status(node, seenOf(index)))),
    );
    // On a slow machine all this takes longer than a manager may be silent.
    await beat(here);
    expect(await store.read((stores) => stores.nodes.list(environment.id))).toEqual(
      kept.map((node, index) => ({
        ...node,
        appliedAt: expect.any(Date),
        ...seenOf(index),
        managerId: here,
        lastSeenAt: expect.any(Date),
        keyId: withKey.keyId,
        version: index < 10 ? '0.9.0' : '1.0.0',
      })),
    );
  });

  test('the last of several statuses of one node counts, and an empty list changes nothing', async () => {
    const node = await stored(sampleNode(environment.id));
    await claim(node, here);
    await store.asyncCommit(async ({ nodes }) => {
      await nodes.record([]);
      await nodes.record([7, 9, 8].map((appliedRevision) => status(node, { appliedRevision })));
    });
    expect((await found(node))?.appliedRevision).toBe(8);
  });

  test('a manager that takes a node over starts from nothing confirmed, under the next number', async () => {
    const node = await stored(sampleNode(environment.id));
    expect(await claim(node, here)).toBe(1);
    const refusal = { revision: 5, reason: 'no' };
    await store.asyncCommit(({ nodes }) => nodes.record([status(node, { appliedRevision: 4, refusal })]));
    expect(await claim(node, there)).toBe(2);
    expect(await found(node)).toEqual({
      ...node,
      appliedAt: expect.any(Date),
      keyId: withKey.keyId,
      managerId: there,
      connected: true,
      appliedRevision: 0,
      refusal: null,
      version: '1.1.0',
      lastSeenAt: expect.any(Date),
    });
    expect(await claim({ ...node, id: newId() }, there)).toBeUndefined();
  });

  test('when a node confirmed a revision is recorded with it, and not again with the same one', async () => {
    const node = await stored(sampleNode(environment.id));
    await claim(node, here);
    expect(await found(node)).toMatchObject({ appliedRevision: 0, appliedAt: null });
    const record = (over: Partial<NodeStatus>) =>
      store.asyncCommit(({ nodes }) => nodes.record([status(node, over)]));
    await record({ appliedRevision: 0 });
    expect((await found(node))?.appliedAt).toBeNull();
    const before = await store.read(({ rings }) => rings.now());
    await record({ appliedRevision: 4 });
    const first = (await found(node))?.appliedAt;
    expect(first?.getTime()).toBeGreaterThanOrEqual(before.getTime());
    await record({ appliedRevision: 4, connected: false });
    expect((await found(node))?.appliedAt).toEqual(first);
    await database.raw('update nodes set applied_at = 1');
    await record({ appliedRevision: 5 });
    expect((await found(node))?.appliedAt?.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  test('when a node of an environment was last removed is known', async () => {
    const node = await stored(sampleNode(environment.id));
    const removedAt = () => store.read(({ rings }) => rings.nodeRemovedAt(['another', environment.id]));
    expect(await removedAt()).toBeNull();
    const before = await store.read(({ rings }) => rings.now());
    await store.write(({ nodes }) => nodes.delete(node.id));
    expect((await removedAt())?.getTime()).toBeGreaterThanOrEqual(before.getTime());
    await store.write(({ environments }) => environments.update({ ...environment, description: 'other' }));
    expect(await removedAt()).not.toBeNull();
  });

  test('a report of the use of keys is news once, and so is none before it', async () => {
    const node = await stored(sampleNode(environment.id));
    const take = (report: number) => store.write(({ nodes }) => nodes.takeUsageReport(node.id, report));
    expect(await take(7)).toBe(true);
    expect(await take(7)).toBe(false);
    expect(await take(6)).toBe(false);
    expect(await take(8)).toBe(true);
  });

  test('a node tells how long it serves without a manager, and whether it keeps a copy', async () => {
    const node = await stored(sampleNode(environment.id));
    expect(node).toMatchObject({ serveLimitMs: null, ephemeral: false });
    await store.asyncCommit(({ nodes }) =>
      nodes.claim({
        ...withKey,
        nodeId: node.id,
        managerId: here,
        version: '1.1.0',
        serveLimitMs: 3_600_000,
        ephemeral: true,
      }),
    );
    expect(await found(node)).toMatchObject({ serveLimitMs: 3_600_000, ephemeral: true });
    await claim(node, there);
    expect(await found(node)).toMatchObject({ serveLimitMs: null, ephemeral: false });
  });

  test('the status of a stream that is no longer the latest changes nothing', async () => {
    const node = await stored(sampleNode(environment.id));
    await claim(node, here);
    await claim(node, there);
    const taken = await found(node);
    const late = { connected: false, appliedRevision: 9 };
    await store.asyncCommit(({ nodes }) => nodes.record([status(node, late)]));
    await store.asyncCommit(({ nodes }) => nodes.record([status(node, { ...late, connection: 2 })]));
    await store.asyncCommit(({ nodes }) => nodes.record([status(node, { ...late, managerId: there })]));
    expect(await found(node)).toEqual(taken);
  });

  test('each manager reads which latest streams are its own', async () => {
    const nodes = [await stored(sampleNode(environment.id)), await stored(sampleNode(environment.id))];
    for (const node of nodes) await claim(node, here);
    await claim(nodes[1] as RegisteredNode, there);
    const heldBy = (id: string) => store.read((stores) => stores.nodes.heldBy(id));
    expect(await heldBy(here)).toEqual([{ nodeId: nodes[0]?.id, connection: 1, appliedRevision: 0 }]);
    expect(await heldBy(there)).toEqual([{ nodeId: nodes[1]?.id, connection: 2, appliedRevision: 0 }]);
  });

  const isConnected = async (node: RegisteredNode) => (await found(node))?.connected;
  const alive = () => store.read(({ managers }) => managers.alive());
  const silentFor = (ms: number) =>
    database.raw(`update managers set seen_at = seen_at - ${ms} where id = '${here}'`);

  test('nodes of a manager that has stopped are not connected', async () => {
    const node = await stored(sampleNode(environment.id));
    await claim(node, here);
    expect(await isConnected(node)).toBe(true);
    await store.asyncCommit(({ managers }) => managers.delete(here));
    expect(await isConnected(node)).toBe(false);
    expect(await alive()).toEqual([there]);
  });

  const silence =
    kind === 'postgres'
      ? 'nodes of a manager that was not seen for 5 s are not connected, until it is seen again'
      : 'a manager that has its file for itself need not say that it is alive';
  test(silence, async () => {
    const node = await stored(sampleNode(environment.id));
    await claim(node, here);
    await silentFor(5_100);
    expect(await isConnected(node)).toBe(kind === 'sqlite');
    expect(await alive()).toEqual(kind === 'sqlite' ? [here, there].toSorted() : [there]);
    await beat(here);
    expect(await isConnected(node)).toBe(true);
  });

  if (kind === 'postgres') {
    test('a database clock that is set back makes no stopped manager count as alive', async () => {
      await silentFor(-3_600_000);
      expect(await alive()).toEqual([there]);
    });
  }

  test('a manager that starts deletes managers that stopped long ago, and all others of the same file', async () => {
    await database.raw(`update managers set seen_at = seen_at - 4000000 where id = '${here}'`);
    await store.asyncCommit(({ managers }) => managers.enter());
    const left = await database.raw('select id from managers');
    expect(left.map(({ id }) => id)).toEqual(kind === 'sqlite' ? [] : [there]);
  });
});
