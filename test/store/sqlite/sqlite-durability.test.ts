import { copyFile, type FileHandle, open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openStore, type Store } from '../../../src/store/store.ts';
import { freshDatabases, testIntegrity } from '../../support/databases.ts';
import { sampleJwk, sampleProject } from '../samples.ts';

const fresh = freshDatabases('sqlite');
const stores: Store[] = [];
/** What every open file is made from: the one place where waiting for the disk can be held up, or fail. */
let file: Pick<FileHandle, 'datasync' | 'sync'>;

beforeAll(async () => {
  const handle = await open(import.meta.filename);
  file = Object.getPrototypeOf(handle);
  await handle.close();
});
/** Disks that a test holds up. A test that fails must not leave its stores waiting for one. */
const held: (() => void)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const release of held.splice(0)) release();
  for (const store of stores.splice(0)) await store.close();
});

async function freshPath(): Promise<string> {
  const { options } = await fresh({ withoutSchema: true });
  return options.kind === 'sqlite' ? options.path : '';
}

async function opened(path: string): Promise<Store> {
  const store = await openStore({ kind: 'sqlite', path });
  store.protect(testIntegrity);
  stores.push(store);
  return store;
}

const add = (store: Store, name: string) =>
  store.write(({ projects }) => projects.insert(sampleProject({ name })));
const names = (store: Store) =>
  store.read(async ({ projects }) => (await projects.list()).map(({ name }) => name).sort());
const diskError = () => Object.assign(new Error('i/o error'), { code: 'EIO' });
const refused = {
  code: 'unavailable',
  message: 'The database can not be written right now. Try again!',
  detail: 'the log did not reach the disk (EIO)',
};

/** Holds up the next sync of the log, or all of them, until the disk is resolved or rejected. */
function holdDisk(which: 'next' | 'all') {
  const disk = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  held.push(disk.resolve);
  const hold = () => {
    reached.resolve();
    return disk.promise;
  };
  const spy = vi.spyOn(file, 'datasync');
  if (which === 'next') spy.mockImplementationOnce(hold);
  else spy.mockImplementation(hold);
  return { disk, reached: reached.promise };
}

/** Opens a copy of the files as they are now: what a start after a power cut would find. */
async function copyOf(path: string, logBytes?: number): Promise<Store> {
  const copy = join(dirname(path), `copy-${stores.length}.db`);
  await copyFile(path, copy);
  await copyFile(`${path}-wal`, `${copy}-wal`);
  if (logBytes !== undefined) await truncate(`${copy}-wal`, logBytes);
  return opened(copy);
}

test('neither a write nor a read that saw it is answered before the log is on the disk', async () => {
  const store = await opened(await freshPath());
  const told: string[] = [];
  const { disk, reached } = holdDisk('all');
  const write = add(store, 'new').then(() => told.push('write'));
  await reached;
  const read = names(store).then((found) => told.push(...found));
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  expect(told).toEqual([]);
  disk.resolve();
  await Promise.all([write, read]);
  expect(told.sort()).toEqual(['new', 'write']);
});

test('a commit that the disk rejects fails, is undone, and is not returned to a reader that saw it', async () => {
  const path = await freshPath();
  const store = await opened(path);
  await add(store, 'kept');
  const { disk, reached } = holdDisk('next');
  const write = add(store, 'refused');
  await reached;
  const read = names(store);
  await setImmediate();
  disk.reject(diskError());
  const verdict = expect(read).rejects.toMatchObject({ code: 'unavailable', message: refused.message });
  await expect(write).rejects.toMatchObject(refused);
  await verdict;
  expect(await names(store)).toEqual(['kept']);
  await add(store, 'after');
  expect(await names(store)).toEqual(['after', 'kept']);
  expect(await names(await copyOf(path))).toEqual(['after', 'kept']);
});

test('writes that shared a commit all fail with it', async () => {
  const store = await opened(await freshPath());
  vi.spyOn(file, 'datasync').mockRejectedValueOnce(diskError());
  const writes = await Promise.allSettled(['a', 'b', 'c'].map((name) => add(store, name)));
  for (const write of writes) expect(write).toMatchObject({ status: 'rejected', reason: refused });
  expect(await names(store)).toEqual([]);
});

test('while the disk goes on refusing nothing is read or written; once it takes again, all is well', async () => {
  const path = await freshPath();
  const store = await opened(path);
  await add(store, 'kept');
  const failing = [
    vi.spyOn(file, 'datasync').mockRejectedValue(diskError()),
    vi.spyOn(file, 'sync').mockRejectedValue(diskError()),
  ];
  await expect(add(store, 'first')).rejects.toMatchObject(refused);
  const still = { code: 'unavailable', detail: 'what was not durable could not be taken back (EIO)' };
  await expect(add(store, 'second')).rejects.toMatchObject(still);
  await expect(names(store)).rejects.toMatchObject(still);
  await expect(store.ping()).rejects.toMatchObject(still);
  for (const spy of failing) spy.mockRestore();
  expect(await names(store)).toEqual(['kept']);
  await add(store, 'third');
  expect(await names(await copyOf(path))).toEqual(['kept', 'third']);
});

test('a store that is closed while the disk refuses leaves nothing behind that it did not acknowledge', async () => {
  const path = await freshPath();
  const store = await openStore({ kind: 'sqlite', path });
  store.protect(testIntegrity);
  await add(store, 'kept');
  vi.spyOn(file, 'datasync').mockRejectedValueOnce(diskError());
  await expect(add(store, 'refused')).rejects.toMatchObject(refused);
  await store.close();
  expect(await names(await opened(path))).toEqual(['kept']);
});

test('whatever part of the log a power cut leaves, a start finds a prefix of the commits and no half', async () => {
  const path = await freshPath();
  const store = await opened(path);
  const written: string[] = [];
  const bytes = await logBytes(path);
  for (let index = 0; index < 12; index += 1) {
    const project = sampleProject({ name: `p-${String(index).padStart(2, '0')}` });
    await store.write(async ({ projects, jwks }) => {
      await projects.insert(project);
      await jwks.insert(sampleJwk(project.id));
    });
    written.push(project.name);
  }
  const all = await logBytes(path);
  for (let part = bytes; part <= all; part += Math.ceil((all - bytes) / 23)) {
    const cut = await copyOf(path, part);
    const found = await names(cut);
    expect(found).toEqual(written.slice(0, found.length));
    for (const project of await cut.read(({ projects }) => projects.list())) {
      const { total } = await cut.read(({ jwks }) =>
        jwks.list(project.id, { sort: { field: 'name', descending: false }, offset: 0, limit: 1 }),
      );
      expect(total, project.name).toBe(1);
    }
  }
});

test('frames that reached the disk out of order are not taken for commits', async () => {
  const path = await freshPath();
  const store = await opened(path);
  await add(store, 'first');
  const whole = await logBytes(path);
  await add(store, 'second');
  await add(store, 'third');
  const copy = join(dirname(path), 'torn.db');
  await copyFile(path, copy);
  const log = await readFile(`${path}-wal`);
  // The page of the second commit never arrived, that of the third did.
  log.fill(0xff, whole + 100, whole + 2_000);
  await writeFile(`${copy}-wal`, log);
  expect(await names(await opened(copy))).toEqual(['first']);
});

test('a log that has grown is copied into the database and starts over, and nothing of it is lost', async () => {
  const path = await freshPath();
  const store = await opened(path);
  const project = sampleProject();
  await store.write(({ projects }) => projects.insert(project));
  const count = 50;
  for (let index = 0; index < count; index += 1) {
    const jwk = sampleJwk(project.id, { name: `k-${index}`, publicMembers: 'x'.repeat(500_000) });
    await store.write(({ jwks }) => jwks.insert(jwk));
  }
  expect(await logBytes(path)).toBeLessThan(20 * 1024 * 1024);
  expect((await stat(path)).size).toBeGreaterThan(10 * 1024 * 1024);
  // The log was started over: what is cut off now is counted from its new beginning.
  vi.spyOn(file, 'datasync').mockRejectedValueOnce(diskError());
  await expect(add(store, 'refused')).rejects.toMatchObject(refused);
  const { total } = await store.read(({ jwks }) =>
    jwks.list(project.id, { sort: { field: 'name', descending: false }, offset: 0, limit: 1 }),
  );
  expect(total).toBe(count);
  expect(await names(store)).toEqual([project.name]);
});

/** As a command does beside a manager: a connection of its own that waits for the disk at each commit. */
function otherProcess(path: string) {
  const other = new SqliteDatabase(path);
  other.pragma('synchronous = FULL');
  const insert = other.prepare(
    "insert into projects (id, name, description, created_at, updated_at, mac) select ?, ?, '', 0, 0, x'00'",
  );
  return { add: (name: string) => insert.run(name, name), close: () => other.close() };
}

describe('what another process has committed', () => {
  test('is not taken back with a commit of ours that the disk refuses', async () => {
    const path = await freshPath();
    const store = await opened(path);
    const other = otherProcess(path);
    await add(store, 'kept');
    other.add('of the other');
    // The first sync is of what the other has committed.
    vi.spyOn(file, 'datasync').mockResolvedValueOnce().mockRejectedValueOnce(diskError());
    await expect(add(store, 'refused')).rejects.toMatchObject(refused);
    expect(await names(store)).toEqual(['kept', 'of the other']);
    other.close();
    expect(await names(await copyOf(path))).toEqual(['kept', 'of the other']);
  });

  test('behind ours, while the disk was still to refuse that, stays with it', async () => {
    const path = await freshPath();
    const store = await opened(path);
    const other = otherProcess(path);
    const { disk, reached } = holdDisk('next');
    const write = add(store, 'before');
    await reached;
    other.add('of the other');
    disk.reject(diskError());
    await expect(write).rejects.toMatchObject(refused);
    expect(await names(store)).toEqual(['before', 'of the other']);
    other.close();
  });

  test('and the disk refuses is neither built upon nor taken back', async () => {
    const path = await freshPath();
    const store = await opened(path);
    const other = otherProcess(path);
    other.add('of the other');
    vi.spyOn(file, 'datasync').mockRejectedValueOnce(diskError());
    const detail = 'the log of another process did not reach the disk (EIO)';
    await expect(add(store, 'refused')).rejects.toMatchObject({ code: 'unavailable', detail });
    expect(await names(store)).toEqual(['of the other']);
    await add(store, 'after');
    expect(await names(store)).toEqual(['after', 'of the other']);
    other.close();
  });
});

async function logBytes(path: string): Promise<number> {
  return (await stat(`${path}-wal`)).size;
}
