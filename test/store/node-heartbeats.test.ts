import { expect, test } from 'vitest';
import { newId } from '../../src/new-id.ts';
import type { Store } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import { sampleEnvironment, sampleNode } from './samples.ts';

withDatabases('heartbeats of nodes', (fresh, kind) => {
  const managerId = newId();
  const environment = sampleEnvironment();

  async function storeWithNodes(names: readonly string[]) {
    const database = await fresh();
    const store = await database.open();
    const nodes = names.map((name) => sampleNode(environment.id, { name }));
    await store.write(async (stores) => {
      await stores.environments.insert(environment);
      for (const node of nodes) await stores.nodes.insert(node);
    });
    for (const node of nodes) await claim(store, node.id);
    return { database, store, nodes };
  }

  const claim = (store: Store, nodeId: string) =>
    store.asyncCommit(({ nodes }) =>
      nodes.claim({
        nodeId,
        managerId,
        version: '1',
        keyId: 'a-key',
        privateKeys: true,
        address: null,
        clockOffsetMs: 0,
        serveLimitMs: null,
        ephemeral: false,
      }),
    );
  const beat = (nodeId: string, connection = 1) => ({ nodeId, managerId, connection, clockOffsetMs: -7 });

  test('are recorded by the clock of the database, those of the latest stream alone', async () => {
    const { database, store, nodes } = await storeWithNodes(['a', 'b', 'c']);
    const [a, b, c] = nodes.map(({ id }) => id) as [string, string, string];
    await claim(store, b);
    const beats = [beat(a), beat(b), { ...beat(c), managerId: newId() }, beat(newId())];
    const before = await database.raw(nowOf(kind));
    const recorded = await store.write((stores) => stores.nodes.recordHeartbeats(beats));
    const after = await database.raw(nowOf(kind));
    expect(recorded.map(({ nodeId }) => nodeId)).toEqual([a]);
    const lastSeenAt = recorded[0]?.lastSeenAt ?? 0;
    expect(lastSeenAt).toBeGreaterThanOrEqual(Number(before[0]?.now));
    expect(lastSeenAt).toBeLessThanOrEqual(Number(after[0]?.now));
    const found = await store.read((stores) => stores.nodes.list(environment.id));
    expect(found.map((node) => [node.name, node.lastSeenAt?.getTime(), node.clockOffsetMs])).toEqual([
      ['a', lastSeenAt, -7],
      // As its stream was claimed, which may be in the same millisecond.
      ['b', expect.toSatisfy((at: number) => at <= Number(before[0]?.now)), 0],
      ['c', expect.anything(), 0],
    ]);
  });

  test('nodes of all environments are counted', async () => {
    const { store } = await storeWithNodes(['a', 'b', 'c']);
    const other = sampleEnvironment();
    await store.write(async (stores) => {
      await stores.environments.insert(other);
      await stores.nodes.insert(sampleNode(other.id, { name: 'a' }));
    });
    expect(await store.read((stores) => stores.nodes.count())).toBe(4);
  });
});

function nowOf(kind: 'sqlite' | 'postgres'): string {
  return kind === 'sqlite'
    ? `select cast(unixepoch('subsec') * 1000 as integer) as now`
    : 'select floor(extract(epoch from clock_timestamp()) * 1000) as now';
}
