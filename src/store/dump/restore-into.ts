// Fills a database in one transaction, schema and all: until the commit it is what it was. It refuses a database
// that a manager has open. A manager that starts meanwhile waits for the transaction, and then finds all of it.

import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { RestoreTarget } from '../../backup/dump-store.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import type { Database } from '../database-schema.ts';
import type { DatabaseTransaction, Engine } from '../engine.ts';
import type { StoreKeys } from '../integrity/row-guard.ts';
import { migrateWithin, newestSchema } from '../migrations/migrate.ts';
import { migrations } from '../migrations/steps.ts';
import { openEngine, openingFailure, type StoreOptions } from '../store.ts';
import { createStores } from '../tables/create-stores.ts';
import type { Stores } from '../tables/stores.ts';
import { databaseFactory, TransactionScope } from '../transaction-scope.ts';
import { catalogTables, isSqlite, versionTable } from './catalog.ts';
import { refuseOpenFile } from './refuse-open-file.ts';

export { newestSchema };

/**
 * Commits when `callback` resolves. Its stores cannot be used afterwards.
 * @throws Error for the operator when a manager has the database open; what `callback` throws
 */
export async function restoreInto<T>(
  options: StoreOptions,
  callback: (target: RestoreTarget<Stores>) => Promise<T>,
): Promise<T> {
  if (options.kind === 'sqlite') await refuseOpenFile(options.path);
  const engine = await openEngine(options).catch((error) => {
    throw openingFailure(options, error);
  });
  try {
    const transaction = await engine.begin('write').catch((error) => {
      throw openingFailure(options, error);
    });
    const scope = new TransactionScope(transaction);
    try {
      const database = databaseFactory(engine)(scope);
      await refuseOpenConnections(database);
      const result = await callback(targetOver(engine, transaction, database));
      await scope.end();
      await transaction.commit();
      return result;
    } catch (error) {
      await scope.end().catch(() => {});
      await transaction.rollback();
      throw error;
    }
  } finally {
    await engine.close();
  }
}

function targetOver(
  engine: Engine,
  transaction: DatabaseTransaction,
  database: Database,
): RestoreTarget<Stores> {
  const run = async (statement: string) => {
    await sql.raw(statement).execute(database);
  };
  const migrateTo = (version: number) =>
    migrateWithin(transaction, engine.name, migrations.slice(0, version));
  const keys: StoreKeys = {};
  const notify = (topic: WakeTopic) => transaction.notify(topic);
  return {
    stores: createStores(database, { cache: {}, notify, engine, keys }),
    protect(given) {
      keys.integrity = given;
    },
    async foreignTables() {
      const version = await hasVersion(database);
      return version ? [] : (await catalogTables(database)).map(({ name }) => name);
    },
    async filledTables() {
      const filled: string[] = [];
      for (const { name } of await catalogTables(database)) {
        const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(database);
        if (rows.length > 0) filled.push(name);
      }
      return filled;
    },
    async recreate(schemaVersion) {
      for (const { name } of (await catalogTables(database)).toReversed()) await run(`drop table ${name}`);
      await run(`drop table if exists ${versionTable}`);
      await migrateTo(schemaVersion);
    },
    migrate: () => migrateTo(newestSchema),
  };
}

async function hasVersion(database: Database): Promise<boolean> {
  const { rows } = isSqlite(database)
    ? await sql`select 1 from sqlite_schema where name = ${versionTable}`.execute(database)
    : await sql`select 1 from pg_tables where schemaname = current_schema() and tablename = ${versionTable}`.execute(
        database,
      );
  return rows.length > 0;
}

/** The server lists a connection for a moment after its manager has closed it. */
const closingMs = 2_000;
const closingPauseMs = 50;

/** A manager always has a connection or two open, which go by its name. */
async function refuseOpenConnections(database: Database): Promise<void> {
  if (isSqlite(database)) return;
  const deadline = performance.now() + closingMs;
  while (await hasOtherConnections(database)) {
    if (performance.now() > deadline) {
      throw new Error(
        'A manager is connected to the database of KEYPLANE_DATABASE_URL. Stop all managers, then restore.',
      );
    }
    await setTimeout(closingPauseMs);
  }
}

async function hasOtherConnections(database: Database): Promise<boolean> {
  // A transaction would otherwise see the same list each time.
  await sql`select pg_stat_clear_snapshot()`.execute(database);
  const { rows } = await sql`select 1 from pg_stat_activity
where datname = current_database() and application_name = 'keyplane' and pid <> pg_backend_pid()`.execute(
    database,
  );
  return rows.length > 0;
}
