// Both databases for tests: a fresh SQLite file, and a fresh database of a real PostgreSQL.

import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, afterEach, describe } from 'vitest';
import { createIntegrity } from '../../src/sealing/integrity.ts';
import { openStore, type Store, type StoreOptions } from '../../src/store/store.ts';
import { createPostgresDatabase, rawPostgres } from './postgres-databases.ts';
import { createMigratedDatabase, createSqliteFile } from './schema-templates.ts';

type Row = Record<string, unknown>;

const lockWaitMs = 60_000;

/** One key for all tests, so that a database that is opened again has the same. */
export const testIntegrity = createIntegrity(Buffer.alloc(32, 7));

export interface TestDatabase {
  readonly options: StoreOptions;
  /** Opens it, once more each time it is called; what is open is closed after the test. */
  open(): Promise<Store>;
  /** Runs SQL outside the store, as a user of the database could. @returns the rows of a select */
  raw(sql: string): Promise<readonly Row[]>;
}

interface FreshOptions {
  /** No store ever opened it, so not even tables are there. */
  readonly withoutSchema?: boolean;
  /** Of the same kind; it must have no other connections. */
  readonly copyOf?: StoreOptions | undefined;
}

export type FreshDatabase = (options?: FreshOptions) => Promise<TestDatabase>;

/** Runs the suite for each database; each call of `fresh` gives one that nothing was ever stored in. */
export function withDatabases(
  title: string,
  suite: (fresh: FreshDatabase, kind: StoreOptions['kind']) => void,
): void {
  for (const kind of ['sqlite', 'postgres'] as const) {
    describe(`${title} (${kind})`, () => suite(freshDatabases(kind), kind));
  }
}

/** For one kind of database; cleans up after the tests of the surrounding suite. */
export function freshDatabases(kind: StoreOptions['kind']): FreshDatabase {
  const openStores: Store[] = [];
  afterEach(async () => {
    await Promise.all(openStores.splice(0).map((store) => store.close()));
  });
  const source = kind === 'sqlite' ? sqliteFiles() : postgresDatabases();
  return async (how = {}) => {
    const options = await source.take(how);
    return {
      options,
      async open() {
        const store = await openStore(options);
        store.protect(testIntegrity);
        openStores.push(store);
        return store;
      },
      raw(sql) {
        if (!sql.startsWith('select')) source.spoil(options);
        return options.kind === 'sqlite' ? rawSqlite(options.path, sql) : rawPostgres(options.url, sql);
      },
    };
  };
}

interface DatabaseSource {
  take(how: FreshOptions): Promise<StoreOptions>;
  /** It was changed outside the store, so it is not emptied for another test. */
  spoil(options: StoreOptions): void;
}

function sqliteFiles(): DatabaseSource {
  const folders: string[] = [];
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
  return {
    async take({ withoutSchema, copyOf }) {
      const folder = await mkdtemp(join(tmpdir(), 'keyplane-sqlite-'));
      folders.push(folder);
      const path = join(folder, 'keyplane.db');
      if (copyOf?.kind === 'sqlite') await copyFile(copyOf.path, path);
      else if (!withoutSchema) await createSqliteFile(path);
      return { kind: 'sqlite', path };
    },
    spoil() {},
  };
}

/** Making a database takes PostgreSQL half a second, so one that a test is done with is emptied for the next. */
function postgresDatabases(): DatabaseSource {
  const inUse = new Set<StoreOptions>();
  const used: string[] = [];
  afterEach(() => {
    for (const options of inUse) if (options.kind === 'postgres') used.push(options.url);
    inUse.clear();
  });

  async function takeUrl({ withoutSchema, copyOf }: FreshOptions): Promise<string> {
    if (copyOf?.kind === 'postgres') return createPostgresDatabase(copyOf.url);
    const again = withoutSchema ? undefined : used.pop();
    if (again !== undefined) {
      await rawPostgres(again, emptyAllTables);
      return again;
    }
    return withoutSchema ? createPostgresDatabase() : createMigratedDatabase();
  }

  return {
    async take(how) {
      const options: StoreOptions = { kind: 'postgres', url: await takeUrl(how) };
      // What such a test leaves behind may be the schema of another version.
      if (!how.withoutSchema) inUse.add(options);
      return options;
    },
    spoil: (options) => inUse.delete(options),
  };
}

const emptyAllTables = `set session_replication_role = replica;
do $$ declare name text; begin
  for name in select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_version' loop
    execute format('delete from %I', name);
  end loop;
end $$`;

/**
 * It does not wait for the lock within the statement: the transaction that has the lock may be one of this process, which
 * goes on only with the event loop.
 */
export async function rawSqlite(path: string, sql: string): Promise<readonly Row[]> {
  const deadline = performance.now() + lockWaitMs;
  for (;;) {
    try {
      return executedAtOnce(path, sql);
    } catch (error) {
      const isLocked = (error as { code?: string }).code?.startsWith('SQLITE_BUSY') === true;
      if (!isLocked || performance.now() > deadline) throw error;
      await setTimeout(5);
    }
  }
}

function executedAtOnce(path: string, sql: string): readonly Row[] {
  const database = new SqliteDatabase(path, { timeout: 0 });
  try {
    const statement = database.prepare<[], Row>(sql);
    if (statement.reader) return statement.all();
    statement.run();
    return [];
  } finally {
    database.close();
  }
}
