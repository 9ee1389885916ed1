// Opens a database to read it as it is: nothing is created, migrated or written, also beside a running manager.

import { access } from 'node:fs/promises';
import type { Integrity } from '../../sealing/integrity.ts';
import type { UnitOfWork } from '../../unit-of-work.ts';
import type { DatabaseTransaction, Engine } from '../engine.ts';
import type { StoreKeys } from '../integrity/row-guard.ts';
import { refuseNewer } from '../migrations/migrate.ts';
import { sqliteDialect, sqliteNowMs } from '../sqlite/sqlite.ts';
import { SqliteConnection } from '../sqlite/sqlite-connection.ts';
import { sqliteFailure } from '../sqlite/sqlite-failure.ts';
import { SqliteTransaction } from '../sqlite/sqlite-transaction.ts';
import { openEngine, openingFailure, type StoreOptions } from '../store.ts';
import { createStores } from '../tables/create-stores.ts';
import type { Stores } from '../tables/stores.ts';
import { databaseFactory, TransactionScope } from '../transaction-scope.ts';
import { catalogTables, versionTable } from './catalog.ts';

export interface ReadingStore extends Pick<UnitOfWork<Stores>, 'read'> {
  /** Older than the newest where no manager of this version was started yet. */
  readonly schemaVersion: number;
  /** From here on rows without a right MAC read as altered. */
  protect(integrity: Integrity): void;
  close(): Promise<void>;
}

type ReadingEngine = Pick<Engine, 'name' | 'dialect' | 'isShared' | 'nowMs' | 'close'> & {
  begin(): Promise<DatabaseTransaction>;
};

const busyWaitMs = 5000;

/** @throws Error with one line for the operator: it is not there, not keyplane's, or of a newer one */
export async function openToRead(options: StoreOptions): Promise<ReadingStore> {
  if (options.kind === 'sqlite') await refuseMissing(options.path);
  let engine: ReadingEngine | undefined;
  try {
    engine = options.kind === 'sqlite' ? sqliteToRead(options.path) : await postgresToRead(options);
    const schemaVersion = await versionOf(engine);
    refuseNewer(schemaVersion);
    const { close } = engine;
    const keys: StoreKeys = {};
    return {
      schemaVersion,
      protect(given) {
        keys.integrity = given;
      },
      read: (callback) => readWith(engine as ReadingEngine, keys, callback),
      close,
    };
  } catch (error) {
    await engine?.close();
    throw openingFailure(options, error);
  }
}

async function readWith<T>(
  engine: ReadingEngine,
  keys: StoreKeys,
  callback: (stores: Stores) => Promise<T>,
): Promise<T> {
  const transaction = await engine.begin();
  const scope = new TransactionScope(transaction);
  try {
    return await callback(
      createStores(databaseFactory(engine)(scope), { cache: {}, notify: () => {}, engine, keys }),
    );
  } finally {
    // The callback already got the error of a failed statement, and a read transaction has nothing to save.
    await scope.end().catch(() => {});
    await transaction.rollback();
  }
}

async function versionOf(engine: ReadingEngine): Promise<number> {
  const transaction = await engine.begin();
  try {
    const database = databaseFactory(engine)(new TransactionScope(transaction));
    // In another database the look itself would be an error.
    const isOurs = (await catalogTables(database)).some(({ name }) => name === 'data_keys');
    if (!isOurs) throw new Error('The database is not one of keyplane, or no manager was started on it yet.');
    const row = await database
      .withTables<{ [versionTable]: { version: number } }>()
      .selectFrom(versionTable)
      .select('version')
      .executeTakeFirst();
    return row?.version ?? 0;
  } finally {
    await transaction.rollback();
  }
}

function sqliteToRead(path: string): ReadingEngine {
  return {
    name: 'sqlite',
    dialect: sqliteDialect,
    isShared: false,
    nowMs: sqliteNowMs,
    async begin() {
      const connection = new SqliteConnection(path, { readonly: true, timeout: busyWaitMs });
      try {
        connection.run('begin');
      } catch (error) {
        connection.close();
        throw sqliteFailure(error);
      }
      return new SqliteTransaction(connection, {
        release: () => connection.close(),
        syncing: () => undefined,
        sync: async () => {},
        outOfRoom: () => undefined,
      });
    },
    async close() {},
  };
}

async function postgresToRead(options: StoreOptions): Promise<ReadingEngine> {
  const engine = await openEngine(options);
  return {
    name: engine.name,
    dialect: engine.dialect,
    isShared: engine.isShared,
    nowMs: engine.nowMs,
    begin: () => engine.begin('read'),
    close: () => engine.close(),
  };
}

async function refuseMissing(path: string): Promise<void> {
  try {
    await access(path);
  } catch {
    throw new Error(
      `There is no database file ${path}: KEYPLANE_DATA_DIR is another folder, or no manager was started here yet.`,
    );
  }
}
