import { beforeEach, expect, test } from 'vitest';
import type { DesiredObject } from '../../src/deployments/desired-state-store.ts';
import type { Environment } from '../../src/environments/environment-store.ts';
import { newId } from '../../src/new-id.ts';
import { emptyDigest } from '../../src/protocol/state-digest.ts';
import type { Store } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import { bytes, sampleEnvironment, sampleProject } from './samples.ts';

const allAfter = (afterRevision: number, limit: number) => ({
  afterRevision,
  limit,
  tombstonesAboveRevision: 0,
});

withDatabases('desired state', (fresh) => {
  let store: Store;
  let environment: Environment;
  let other: Environment;

  beforeEach(async () => {
    store = await (await fresh()).open();
    environment = sampleEnvironment();
    other = sampleEnvironment();
    await store.write(async ({ environments }) => {
      for (const one of [environment, other]) await environments.insert(one);
    });
  });

  const object = (revision: number, over: Partial<DesiredObject> = {}): DesiredObject => ({
    environmentId: environment.id,
    kind: 'jwk',
    objectId: newId(),
    projectId: 'project',
    revision,
    digest: bytes(32),
    sinceRevision: revision,
    ...over,
  });

  test('an environment that never had anything is at revision 0 with the empty digest', async () => {
    const empty = { environmentId: environment.id, revision: 0, digest: emptyDigest };
    await store.write(async ({ desired }) => {
      expect(await desired.lockStates([environment.id])).toEqual([empty]);
      expect(await desired.state(environment.id)).toEqual(empty);
    });
    expect(await store.read(({ desired }) => desired.states())).toContainEqual(empty);
  });

  test('the state of every environment is put and listed', async () => {
    const state = { environmentId: environment.id, revision: 2 ** 40, digest: bytes(32) };
    await store.write(async ({ desired }) => {
      await desired.putStates([{ ...state, revision: 1 }]);
      await desired.putStates([state]);
      expect(await desired.state(environment.id)).toEqual(state);
    });
    const states = await store.read(({ desired }) => desired.states());
    expect(states).toHaveLength(2);
    expect(states).toContainEqual(state);
    expect(states).toContainEqual({ environmentId: other.id, revision: 0, digest: emptyDigest });
  });

  test('no revision is given out twice, however many writers ask at once', async () => {
    await Promise.all(
      Array.from({ length: 25 }, () =>
        store.write(async ({ desired }) => {
          const { revision, digest } = await desired.state(environment.id);
          await desired.putMany([object(revision + 1)]);
          await desired.putStates([{ environmentId: environment.id, revision: revision + 1, digest }]);
        }),
      ),
    );
    const changes = await store.read(({ desired }) => desired.rowsAfter(environment.id, allAfter(0, 100)));
    expect(changes.map((change) => change.revision)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
  });

  test('a revision of an environment belongs to one object', async () => {
    await store.write(({ desired }) => desired.putMany([object(1)]));
    const twin = store.write(({ desired }) => desired.putMany([object(1)]));
    await expect(twin).rejects.toMatchObject({ code: 'conflict' });
    await store.write(({ desired }) => desired.putMany([object(1, { environmentId: other.id })]));
  });

  test('an object has one row in an environment, which moves to the revision of its last change', async () => {
    const first = object(1);
    const second = object(2);
    const moved = { ...first, revision: 3, digest: bytes(32) };
    await store.write(async ({ desired }) => {
      for (const one of [first, second, moved]) await desired.putMany([one]);
      expect(await desired.findMany([first])).toEqual([moved]);
      expect(await desired.findMany([{ ...first, kind: 'key' }])).toEqual([]);
      expect(await desired.findMany([{ ...first, environmentId: other.id }])).toEqual([]);
      expect(await desired.rowsAfter(environment.id, allAfter(0, 10))).toEqual([second, moved]);
    });
  });

  test('a tombstone stays in the changes and leaves the present objects', async () => {
    const kept = object(1);
    const gone = object(2);
    const tombstone = { ...gone, revision: 3, digest: null };
    await store.write(async ({ desired }) => {
      for (const one of [kept, gone, tombstone]) await desired.putMany([one]);
      expect(await desired.rowsAfter(environment.id, allAfter(0, 10))).toEqual([kept, tombstone]);
      expect(await desired.present(environment.id, 0, 10)).toEqual([kept]);
      expect(
        await desired.presentOfProject(environment.id, 'project', { afterRevision: 0, limit: 10 }),
      ).toEqual([kept]);
      expect(await desired.environmentsOf('jwk', gone.objectId)).toEqual([]);
    });
  });

  test('changes and present objects come in pages, in revision order, of one environment', async () => {
    const objects = Array.from({ length: 7 }, (_, index) => object(index + 1));
    await store.write(async ({ desired }) => {
      for (const one of objects.toReversed()) await desired.putMany([one]);
      await desired.putMany([object(1, { environmentId: other.id })]);
      for (const [after, page] of [0, 3, 6].map((from) => [from, objects.slice(from, from + 3)] as const)) {
        expect(await desired.rowsAfter(environment.id, allAfter(after, 3))).toEqual(page);
        expect(await desired.present(environment.id, after, 3)).toEqual(page);
        const present = { afterRevision: after, limit: 3 };
        expect(await desired.presentOfProject(environment.id, 'project', present)).toEqual(page);
      }
    });
  });

  test('a page has the tombstones above a revision, and counts include all of them', async () => {
    const [early, kept, late] = [object(1, { digest: null }), object(2), object(3, { digest: null })];
    await store.write(async ({ desired }) => {
      for (const one of [early, kept, late]) await desired.putMany([one]);
      const page = { afterRevision: 0, tombstonesAboveRevision: 1, limit: 10 };
      expect(await desired.rowsAfter(environment.id, page)).toEqual([kept, late]);
      expect(await desired.countAfter(environment.id, 1)).toBe(2);
      expect(await desired.countPresent(environment.id)).toBe(1);
      expect(await desired.countPresent(other.id)).toBe(0);
    });
  });

  test('tombstones are deleted up to the compaction revision only, the oldest first, in bounded steps', async () => {
    const gone = [1, 2, 4, 5].map((revision) => object(revision, { digest: null }));
    const kept = object(3);
    await store.write(async ({ desired }) => {
      for (const one of [...gone, kept, { ...gone[0], environmentId: other.id } as DesiredObject]) {
        await desired.putMany([one]);
      }
      expect(await desired.deleteTombstones(environment.id, 4, 2)).toBe(2);
      expect(await desired.deleteTombstones(environment.id, 4, 2)).toBe(1);
      expect(await desired.deleteTombstones(environment.id, 4, 2)).toBe(0);
      expect(await desired.rowsAfter(environment.id, allAfter(0, 10))).toEqual([kept, gone[3]]);
      expect(await desired.rowsAfter(other.id, allAfter(0, 10))).toHaveLength(1);
    });
  });

  test('where an environment stands has its floor, which never sinks, and the lineage', async () => {
    const state = { environmentId: environment.id, revision: 9, digest: bytes(32) };
    await store.write(async ({ desired, installation }) => {
      const nothing = { compactionRevision: 0, lineage: undefined };
      expect(await desired.head(other.id)).toMatchObject({ revision: 0, ...nothing });
      await desired.putStates([state]);
      expect(await desired.head(environment.id)).toEqual({ ...state, ...nothing });
      await installation.put('lineage', 'l-1');
      await desired.putStates([state]);
      for (const floor of [5, 4]) await desired.raiseCompactionRevision(environment.id, floor);
      const head = { ...state, compactionRevision: 5, lineage: 'l-1' };
      expect(await desired.head(environment.id)).toEqual(head);
      await desired.putStates([{ ...state, revision: 10 }]);
      expect(await desired.head(environment.id)).toEqual({ ...head, revision: 10 });
    });
  });

  test('the environments of an object are those in which it is desired now', async () => {
    const here = object(1);
    const there = { ...here, environmentId: other.id };
    await store.write(async ({ desired }) => {
      for (const one of [here, there]) await desired.putMany([one]);
      const both = [environment.id, other.id].toSorted();
      expect(await desired.environmentsOf('jwk', here.objectId)).toEqual(both);
      expect(await desired.environmentsOf('certificate', here.objectId)).toEqual([]);
      await desired.putMany([{ ...here, revision: 2, digest: null }]);
      expect(await desired.environmentsOf('jwk', here.objectId)).toEqual([other.id]);
      expect(await desired.withdrawnFrom('jwk', here.objectId)).toEqual([
        { environmentId: environment.id, revision: 2 },
      ]);
      expect(await desired.withdrawnFrom('certificate', here.objectId)).toEqual([]);
    });
  });

  test('rows outlive their project, so that nodes get its tombstones', async () => {
    const project = sampleProject();
    const tombstone = object(1, { projectId: project.id, digest: null });
    await store.write(async ({ projects, desired }) => {
      await projects.insert(project);
      await desired.putMany([tombstone]);
      await projects.delete(project.id);
      expect(await desired.rowsAfter(environment.id, allAfter(0, 10))).toEqual([tombstone]);
    });
  });
});
