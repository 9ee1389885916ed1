import { setImmediate } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { badRequest, KeyplaneError } from '../../src/errors.ts';
import type { Store, Stores } from '../../src/store/store.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';
import { sampleJwk, sampleProject, sampleUser } from './samples.ts';

withDatabases('transactions', (fresh) => {
  let database: TestDatabase;
  let store: Store;

  beforeEach(async () => {
    database = await fresh();
    store = await database.open();
  });

  const projectNames = async (from: Store = store) =>
    (await from.read(({ projects }) => projects.list())).map((project) => project.name);

  test('a write that resolved is there after the store was opened again', async () => {
    await store.write(({ projects }) => projects.insert(sampleProject({ name: 'kept' })));
    await store.close();
    expect(await projectNames(await database.open())).toEqual(['kept']);
  });

  test('a write that throws leaves nothing behind and rejects with its own error', async () => {
    const refusal = badRequest('no');
    const work = store.write(async ({ projects, users }) => {
      await projects.insert(sampleProject());
      await users.insert(sampleUser());
      throw refusal;
    });
    await expect(work).rejects.toBe(refusal);
    expect(await projectNames()).toEqual([]);
    expect(await store.read(({ users }) => users.count())).toBe(0);
  });

  test('writes that share a commit are undone one by one', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) =>
        store.write(async ({ projects }) => {
          await projects.insert(sampleProject({ name: `project-${String(index).padStart(2, '0')}` }));
          if (index % 3 === 0) throw badRequest(`refused ${index}`);
          return index;
        }),
      ),
    );
    const kept = results.filter((result) => result.status === 'fulfilled').map((result) => result.value);
    expect(kept).toEqual(Array.from({ length: 30 }, (_, index) => index).filter((index) => index % 3 !== 0));
    expect(await projectNames()).toEqual(kept.map((index) => `project-${String(index).padStart(2, '0')}`));
  });

  test('a rejected row that was sent without waiting fails its own write and no other of its commit', async () => {
    const project = sampleProject();
    await store.write(({ projects }) => projects.insert(project));
    const names = ['a', 'b', 'a', 'c', 'a'];
    const insert = (name: string) => store.write(({ jwks }) => jwks.insert(sampleJwk(project.id, { name })));
    const results = await Promise.allSettled(names.map(insert));
    expect(results).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'conflict' } },
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'conflict' } },
    ]);
    await expect(insert('b')).rejects.toMatchObject({ code: 'conflict' });
    const kept = await store.read(({ jwks }) => jwks.listOfProject(project.id, '', 10));
    expect(kept.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
  });

  test('each of many writers sees what all before it stored', async () => {
    const counts = await Promise.all(
      Array.from({ length: 40 }, () =>
        store.write(async ({ projects }) => {
          const before = (await projects.list()).length;
          await projects.insert(sampleProject());
          return before;
        }),
      ),
    );
    expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });

  test('two managers on one database write one at a time', async () => {
    const other = await database.open();
    const add = (writer: Store) =>
      writer.write(async ({ installation }) => {
        const value = Number((await installation.get('count')) ?? '0');
        await installation.put('count', String(value + 1));
      });
    await Promise.all(Array.from({ length: 40 }, (_, index) => add(index % 2 === 0 ? store : other)));
    expect(await other.read(({ installation }) => installation.get('count'))).toBe('40');
  });

  test('of 20 concurrent inserts of one name exactly one wins and the others get a conflict', async () => {
    const other = await database.open();
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? store : other).write(({ projects }) =>
          projects.insert(sampleProject({ name: 'one' })),
        ),
      ),
    );
    const refused = results.filter((result) => result.status === 'rejected').map((result) => result.reason);
    expect(refused).toHaveLength(19);
    for (const error of refused) {
      expect(error).toBeInstanceOf(KeyplaneError);
      expect(error).toMatchObject({
        code: 'conflict',
        message: 'Another request changed the same object at the same time. Try again!',
      });
    }
    expect(await projectNames()).toEqual(['one']);
  });

  test('a read keeps its view while others write, and is not kept waiting by a write under way', async () => {
    await store.write(({ projects }) => projects.insert(sampleProject({ name: 'first' })));
    const counts = await store.read(async ({ projects }) => {
      const before = (await projects.list()).length;
      await store.write(async (stores) => {
        await stores.projects.insert(sampleProject());
        expect(await projectNames()).toEqual(['first']);
      });
      return [before, (await projects.list()).length];
    });
    expect(counts).toEqual([1, 1]);
    expect(await projectNames()).toHaveLength(2);
  });

  test('nothing can be written in a read', async () => {
    const write = store.read(({ projects }) => projects.insert(sampleProject()));
    await expect(write).rejects.toBeInstanceOf(KeyplaneError);
    expect(await projectNames()).toEqual([]);
  });

  test('a write that ignores a failed statement is undone all the same', async () => {
    const project = sampleProject();
    const work = store.write(async ({ projects, users }) => {
      await projects.insert(project);
      await projects.insert(project).catch(() => undefined);
      await users.insert(sampleUser()).catch(() => undefined);
    });
    await expect(work).rejects.toMatchObject({ code: 'conflict' });
    expect(await projectNames()).toEqual([]);
  });

  test('a store cannot be used after its transaction has ended, so nothing is written into another transaction', async () => {
    let escaped: Stores | undefined;
    await store.write(async (stores) => {
      escaped = stores;
    });
    await expect(escaped?.projects.insert(sampleProject())).rejects.toThrow(
      'after its transaction had ended',
    );
    const late = store.write(async ({ projects }) => {
      setImmediate().then(() => projects.insert(sampleProject({ name: 'late' })).catch(() => undefined));
    });
    await Promise.all([late, store.write(({ projects }) => projects.insert(sampleProject({ name: 'own' })))]);
    await setImmediate();
    expect(await projectNames()).toEqual(['own']);
  });

  test('a write inside a write is refused instead of waiting for itself for ever', async () => {
    const nested = store.write(() => store.write(async () => undefined));
    await expect(nested).rejects.toThrow('inside a write');
    await expect(store.write(async () => 'goes on')).resolves.toBe('goes on');
  });

  test('text with U+0000 is a bad request in either database', async () => {
    const work = store.write(({ projects }) => projects.insert(sampleProject({ description: 'a\0b' })));
    await expect(work).rejects.toMatchObject({ code: 'bad_request' });
  });

  test('a closed store has finished what was under way and refuses what comes later', async () => {
    const work = store.write(({ projects }) => projects.insert(sampleProject({ name: 'last' })));
    await store.close();
    await work;
    await expect(store.read(async () => undefined)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.write(async () => undefined)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await projectNames(await database.open())).toEqual(['last']);
  });

  test('a store that answers can be pinged', async () => {
    await expect(store.ping()).resolves.toBeUndefined();
  });
});
