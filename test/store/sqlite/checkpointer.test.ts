import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Checkpointer } from '../../../src/store/sqlite/checkpointer.ts';

const marked = (frames: number) => ({ salt: '', frames, pageBytes: 4_096 });

async function checkpointerOfADatabase() {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-checkpoint-'));
  const path = join(folder, 'keyplane.db');
  const database = new SqliteDatabase(path);
  database.pragma('journal_mode = WAL');
  database.exec('create table some (a)');
  const checkpointer = new Checkpointer(path);
  onTestFinished(async () => {
    await checkpointer.stop();
    database.close();
    await rm(folder, { recursive: true });
  });
  return { checkpointer, rowsBehind: () => database.pragma('wal_checkpoint(PASSIVE)') };
}

test('a write does not wait for a checkpoint whose thread is still starting', async () => {
  const { checkpointer } = await checkpointerOfADatabase();
  expect(await checkpointer.isDue(marked(3_999))).toBe(false);
  expect(await checkpointer.isDue(marked(4_000))).toBe(false);
  await vi.waitFor(async () => expect(await checkpointer.isDue(marked(4_000))).toBe(true), 20_000);
  await checkpointer.run(4_000);
  expect(await checkpointer.isDue(marked(3_999))).toBe(false);
  // The thread is kept for a while.
  expect(await checkpointer.isDue(marked(4_000))).toBe(true);
});

test('a log that grows much further meanwhile is copied by the thread as soon as it has started', async () => {
  const { checkpointer, rowsBehind } = await checkpointerOfADatabase();
  expect(await checkpointer.isDue(marked(4_999))).toBe(false);
  expect(await checkpointer.isDue(marked(5_000))).toBe(true);
  await checkpointer.run(5_000);
  // Only the header of the log that starts over.
  expect(rowsBehind()).toMatchObject([{ log: 1 }]);
});
