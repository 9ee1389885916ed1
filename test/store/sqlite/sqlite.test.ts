import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { CompiledQuery } from 'kysely';
import { afterEach, describe, expect, test } from 'vitest';
import { mountSmallDisk, unmountAll } from '../../../faults/support/small-disk.ts';
import { migrate } from '../../../src/store/migrations/migrate.ts';
import { openSqlite } from '../../../src/store/sqlite/sqlite.ts';
import { sqliteFailure } from '../../../src/store/sqlite/sqlite-failure.ts';
import { openStore, storeOver } from '../../../src/store/store.ts';
import { freshDatabases, testIntegrity } from '../../support/databases.ts';
import { sampleJwk, sampleProject } from '../samples.ts';

const fresh = freshDatabases('sqlite');
const others: SqliteDatabase.Database[] = [];
afterEach(() => {
  for (const other of others.splice(0)) other.close();
});

async function freshPath(): Promise<string> {
  const { options } = await fresh({ withoutSchema: true });
  return options.kind === 'sqlite' ? options.path : '';
}

function otherProcess(path: string): SqliteDatabase.Database {
  const other = new SqliteDatabase(path);
  others.push(other);
  return other;
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('only the owner can read the database, its log or its index', async () => {
  const path = await freshPath();
  const store = await openStore({ kind: 'sqlite', path });
  store.protect(testIntegrity);
  await store.write(({ projects }) => projects.insert(sampleProject()));
  for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(await modeOf(file), file).toBe('600');
  await store.close();
});

test('a database that others could read is closed to them when it is opened', async () => {
  const path = await freshPath();
  await writeFile(path, '', { mode: 0o644 });
  await (await openStore({ kind: 'sqlite', path })).close();
  expect(await modeOf(path)).toBe('600');
});

test('the data directory is made where it is missing', async () => {
  const path = join(await freshPath(), '..', 'new', 'data', 'keyplane.db');
  await (await openStore({ kind: 'sqlite', path })).close();
  expect(await modeOf(join(path, '..'))).toBe('700');
});

test('a commit is in the write-ahead log before the write resolves, and SQLite itself waits for no disk', async () => {
  const path = await freshPath();
  const engine = await openSqlite({ path });
  await migrate(engine);
  const transaction = await engine.begin('write');
  const pragma = async (name: string) => {
    const query = CompiledQuery.raw(`select ${name} as value from pragma_${name}`);
    return (await transaction.execute<{ value: unknown }>(query)).rows[0]?.value;
  };
  expect(await pragma('journal_mode')).toBe('wal');
  expect(await pragma('synchronous')).toBe(1);
  expect(await pragma('foreign_keys')).toBe(1);
  await transaction.rollback();
  const store = storeOver(engine);
  store.protect(testIntegrity);
  await store.write(({ projects }) => projects.insert(sampleProject({ name: 'in-the-log' })));
  expect((await readFile(`${path}-wal`)).includes('in-the-log')).toBe(true);
  await store.close();
});

test('while another process writes, a write waits for it and readers go on', async () => {
  const path = await freshPath();
  const store = await openStore({ kind: 'sqlite', path });
  store.protect(testIntegrity);
  const other = otherProcess(path);
  other.exec('begin immediate');
  const write = store.write(({ projects }) => projects.insert(sampleProject({ name: 'waited' })));
  expect(await store.read(({ projects }) => projects.list())).toEqual([]);
  other.exec('commit');
  await write;
  expect(await store.read(({ projects }) => projects.list())).toHaveLength(1);
  await store.close();
});

test('a database that another process locks permanently is unavailable after a limited wait', async () => {
  const path = await freshPath();
  const engine = await openSqlite({ path, busyWaitMs: 100 });
  await migrate(engine);
  const store = storeOver(engine);
  store.protect(testIntegrity);
  const other = otherProcess(path);
  other.exec('begin immediate');
  const writes = [1, 2].map(() => store.write(({ projects }) => projects.insert(sampleProject())));
  for (const write of writes) {
    await expect(write).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The database can not be written right now. Try again!',
      detail: expect.stringContaining('SQLITE_BUSY'),
    });
  }
  other.exec('rollback');
  await store.write(({ projects }) => projects.insert(sampleProject()));
  await store.close();
});

test('a full disk is unavailable, takes back the whole commit, and ends when there is room', async () => {
  const path = await freshPath();
  const engine = await openSqlite({ path });
  await migrate(engine);
  const store = storeOver(engine);
  store.protect(testIntegrity);
  const project = sampleProject();
  await store.write(({ projects }) => projects.insert(project));
  const limit = async (pages: number) => {
    const writer = await engine.begin('write');
    await writer.command(`pragma max_page_count = ${pages}`);
    await writer.rollback();
  };
  await limit(1);
  const large = () => sampleJwk(project.id, { publicMembers: 'x'.repeat(500_000) });
  const writes = await Promise.allSettled(
    [1, 2, 3].map(() => store.write(({ jwks }) => jwks.insert(large()))),
  );
  for (const write of writes) {
    expect(write).toMatchObject({
      status: 'rejected',
      reason: { code: 'unavailable', detail: expect.stringContaining('SQLITE_FULL') },
    });
  }
  await limit(1_000_000);
  await store.write(({ jwks }) => jwks.insert(large()));
  const { total } = await store.read(({ jwks }) =>
    jwks.list(project.id, { sort: { field: 'name', descending: false }, offset: 0, limit: 1 }),
  );
  expect(total).toBe(1);
  await store.close();
});

/** Only root may mount one. */
describe.skipIf(process.getuid?.() !== 0)('on a small disk', () => {
  const diskBytes = 3 * 1024 * 1024;
  afterEach(unmountAll);

  async function storeOnSmallDisk() {
    const folder = join(await freshPath(), '..', 'small');
    const disk = await mountSmallDisk(folder, diskBytes);
    const store = await openStore({ kind: 'sqlite', path: join(folder, 'keyplane.db') });
    store.protect(testIntegrity);
    const project = sampleProject();
    await store.write(({ projects }) => projects.insert(project));
    let writes = 0;
    /** Each overwrites the row of the one before: only the log grows. */
    const renameTimes = async (times: number) => {
      let refused = 0;
      for (const last = writes + times; writes < last; writes += 1) {
        const name = `${project.name}-${writes}`;
        await store
          .write(({ projects }) => projects.update({ ...project, name }))
          .catch(() => (refused += 1));
      }
      return refused;
    };
    return { store, disk, renameTimes };
  }

  test('the log is copied into the database before there is no room left for that', async () => {
    const { store, renameTimes } = await storeOnSmallDisk();
    expect(await renameTimes(1_500)).toBe(0);
    await store.close();
  });

  test('a log that others left no room makes room of its own', async () => {
    const { store, disk, renameTimes } = await storeOnSmallDisk();
    await renameTimes(300);
    await disk?.fill();
    const refused = await renameTimes(100);
    expect(refused).toBeGreaterThan(0);
    // What it made is little, and used up again now and then.
    expect(refused).toBeLessThan(10);
    expect(await renameTimes(100)).toBeLessThan(10);
    await store.close();
  });
});

test('a long transaction yields to other requests', async () => {
  const store = await openStore({ kind: 'sqlite', path: await freshPath() });
  store.protect(testIntegrity);
  const project = sampleProject();
  let turns = 0;
  let isRunning = true;
  const others = (async () => {
    while (isRunning) {
      await setImmediate();
      turns += 1;
    }
  })();
  await store.write(async ({ projects, jwks }) => {
    await projects.insert(project);
    const before = turns;
    // All of them take seconds on any machine; as they yield, the test ends after a few dozen.
    for (let inserts = 0; turns < before + 3 && inserts < 20_000; inserts += 1) {
      await jwks.insert(sampleJwk(project.id));
    }
    expect(turns).toBe(before + 3);
  });
  isRunning = false;
  await others;
  await store.close();
});

test('a file that is no database stops the start with one line that names the file', async () => {
  const path = await freshPath();
  await writeFile(path, 'not a database, but long enough to be looked at as one '.repeat(50));
  await expect(openStore({ kind: 'sqlite', path })).rejects.toThrow(
    `The database file ${path} can not be opened (SQLITE_NOTADB`,
  );
});

test('a path that cannot be opened stops the start', async () => {
  const path = await freshPath();
  await mkdir(path);
  await expect(openStore({ kind: 'sqlite', path })).rejects.toThrow(path);
});

test('what SQLite reports is a conflict, unavailable or unexpected, and never shows its own text', () => {
  const failure = (code: string) => sqliteFailure(new SqliteDatabase.SqliteError('secret text', code));
  for (const [code, expected] of [
    ['SQLITE_CONSTRAINT_PRIMARYKEY', 'conflict'],
    ['SQLITE_CONSTRAINT_FOREIGNKEY', 'conflict'],
    ['SQLITE_IOERR_FSYNC', 'unavailable'],
    ['SQLITE_CONSTRAINT_NOTNULL', 'internal_error'],
    ['SQLITE_CORRUPT', 'internal_error'],
  ] as const) {
    expect(failure(code)).toMatchObject({
      code: expected,
      message: expect.not.stringContaining('secret'),
      detail: expect.stringContaining(code),
    });
  }
});
