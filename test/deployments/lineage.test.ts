import { beforeEach, expect, test } from 'vitest';
import { announceRestore, ensureLineage, lineageOf } from '../../src/deployments/history/lineage.ts';
import type { Store } from '../../src/store/store.ts';
import { bytes, sampleEnvironment, sampleNode } from '../store/samples.ts';
import { withDatabases } from '../support/databases.ts';

withDatabases('the lineage', (fresh) => {
  let store: Store;
  beforeEach(async () => {
    store = await (await fresh()).open();
  });

  test('is made once, however many managers start at once', async () => {
    await Promise.all(Array.from({ length: 4 }, () => ensureLineage(store)));
    const lineage = await store.read(lineageOf);
    expect(lineage).toMatch(/^[0-9a-f-]{36}$/);
    await ensureLineage(store);
    expect(await store.read(lineageOf)).toBe(lineage);
  });

  test('changes after a restore, with revisions above those of all nodes', async () => {
    const [busy, empty] = [sampleEnvironment(), sampleEnvironment()];
    const node = sampleNode(busy.id);
    const digest = bytes(32);
    const now = new Date('2026-07-08T09:10:11Z');
    const seen = 2 ** 52;
    await ensureLineage(store);
    const before = await store.read(lineageOf);
    await store.write(async (stores) => {
      for (const one of [busy, empty]) await stores.environments.insert(one);
      await stores.nodes.insert(node);
      await stores.nodes.markDiverged(node.id, { revision: seen, since: now });
      await stores.desired.putStates([{ environmentId: busy.id, revision: 7, digest }]);
      await stores.desired.putMany([
        {
          environmentId: busy.id,
          kind: 'jwk',
          objectId: 'one',
          projectId: 'p',
          revision: 7,
          sinceRevision: 7,
          digest,
        },
      ]);
    });
    const { lineage } = await store.write((stores) => announceRestore(stores, now));
    expect(lineage).not.toBe(before);
    const [first, second] = await store.read(({ desired }) =>
      Promise.all([desired.head(busy.id), desired.head(empty.id)]),
    );
    expect(first).toMatchObject({ lineage, digest, compactionRevision: first?.revision });
    expect(first?.revision).toBeGreaterThan(seen);
    expect(Number.isSafeInteger(first?.revision)).toBe(true);
    expect(second).toMatchObject({ lineage, compactionRevision: second?.revision });
    expect(second?.revision).toBeGreaterThan(1_000_000_000);
  });

  test('gets higher revisions again when the same backup is restored a second time', async () => {
    const environment = sampleEnvironment();
    const state = { environmentId: environment.id, revision: 7, digest: bytes(32) };
    await store.write(({ environments }) => environments.insert(environment));
    const restoredAt = async (at: string) => {
      await store.write(async (stores) => {
        await stores.desired.putStates([state]);
        await announceRestore(stores, new Date(at));
      });
      return (await store.read(({ desired }) => desired.head(environment.id))).revision;
    };
    const first = await restoredAt('2026-07-08T09:10:11Z');
    // Thousands of changes later.
    expect(await restoredAt('2026-07-08T09:10:12Z')).toBeGreaterThan(first + 10_000);
  });
});
