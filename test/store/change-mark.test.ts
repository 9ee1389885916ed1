import { expect, test } from 'vitest';
import { withDatabases } from '../support/databases.ts';
import { sampleProject } from './samples.ts';

withDatabases('the mark of what was committed', (fresh, kind) => {
  if (kind === 'postgres') {
    test('is not known, so that each look is made', async () => {
      expect((await (await fresh()).open()).changeMark()).toBeUndefined();
    });
    return;
  }

  test('stays while nothing is committed, and differs after a commit of this or another process', async () => {
    const database = await fresh();
    const store = await database.open();
    const marks = new Set<string | undefined>();
    const mark = () => store.changeMark();
    const before = mark();
    expect(before).toBeDefined();
    await store.read(({ projects }) => projects.list());
    await store.write(async () => Promise.reject(new Error('undone'))).catch(() => undefined);
    expect(mark()).toBe(before);
    marks.add(before);
    await store.write(({ projects }) => projects.insert(sampleProject()));
    marks.add(mark());
    await store.asyncCommit(({ projects }) => projects.insert(sampleProject()));
    marks.add(mark());
    const other = await database.open();
    const afterOpening = mark();
    await other.write(({ projects }) => projects.insert(sampleProject()));
    expect(mark()).not.toBe(afterOpening);
    marks.add(mark());
    await database.raw("update projects set description = 'changed'");
    marks.add(mark());
    expect(marks.size).toBe(5);
  });

  test('is not known of a store that is closed', async () => {
    const store = await (await fresh()).open();
    await store.close();
    expect(store.changeMark()).toBeUndefined();
  });
});
