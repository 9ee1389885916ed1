// SQLite: one connection that writes, a few that read. In WAL mode a reader keeps its snapshot however long a
// writer takes, and a commit with synchronous=FULL is on the disk when it returns.
// It refuses a file that others could read: the file is made 0600 before SQLite sees it, and SQLite gives the
// write-ahead log and its index the mode of the file.

import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  type CompiledQuery,
  type Dialect,
  DummyDriver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { breathe } from './breathe.ts';
import { type DatabaseTransaction, type Engine, type Mode, refuseNul } from './engine.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { isBusy, sqliteFailure } from './sqlite-failure.ts';

const dialect: Dialect = {
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new DummyDriver(),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createIntrospector: (database) => new SqliteIntrospector(database),
};

const idleReadersKept = 16;
const busyPauseMs = 20;

export interface SqliteOptions {
  readonly path: string;
  /** How long a write waits for another process that writes. */
  readonly busyWaitMs?: number;
}

/** @throws DatabaseFailure when the file is no database or can not be opened */
export async function openSqlite({ path, busyWaitMs = 5000 }: SqliteOptions): Promise<Engine> {
  await makePrivateFile(path);
  const writer = new SqliteConnection(path, { timeout: busyWaitMs });
  try {
    writer.pragma('journal_mode = WAL');
    writer.pragma('synchronous = FULL');
    // macOS: plain fsync leaves the data in the drive's cache.
    writer.pragma('fullfsync = ON');
    writer.pragma('foreign_keys = ON');
    // SQLite waits by blocking the whole process, so from here on it waits briefly and `begin` comes back.
    writer.pragma(`busy_timeout = ${busyPauseMs}`);
  } catch (error) {
    writer.close();
    throw sqliteFailure(error);
  }
  return new SqliteEngine(path, writer, busyWaitMs);
}

class SqliteEngine implements Engine {
  readonly name = 'sqlite';
  readonly dialect = dialect;
  readonly writesAside = false;
  readonly nowMs = `cast(unixepoch('subsec') * 1000 as integer)`;
  readonly #path: string;
  readonly #writer: SqliteConnection;
  readonly #busyWaitMs: number;
  readonly #idleReaders: SqliteConnection[] = [];

  constructor(path: string, writer: SqliteConnection, busyWaitMs: number) {
    this.#path = path;
    this.#writer = writer;
    this.#busyWaitMs = busyWaitMs;
  }

  async begin(mode: Mode): Promise<DatabaseTransaction> {
    if (mode !== 'read') return this.#beginWrite();
    // Before a connection is taken: hundreds of requests that wait for their turn would else open one each.
    for (let pause = breathe(); pause !== undefined; pause = breathe()) await pause;
    return this.#beginRead();
  }

  async #beginWrite(): Promise<DatabaseTransaction> {
    const deadline = performance.now() + this.#busyWaitMs;
    for (;;) {
      try {
        this.#writer.run('begin immediate');
        return new SqliteTransaction(this.#writer, () => {});
      } catch (error) {
        if (!isBusy(error) || performance.now() >= deadline) throw sqliteFailure(error);
      }
      await setTimeout(busyPauseMs);
    }
  }

  #beginRead(): DatabaseTransaction {
    const reader = this.#idleReaders.pop() ?? this.#openReader();
    try {
      reader.run('begin');
    } catch (error) {
      reader.close();
      throw sqliteFailure(error);
    }
    return new SqliteTransaction(reader, () => {
      if (this.#idleReaders.length < idleReadersKept) this.#idleReaders.push(reader);
      else reader.close();
    });
  }

  #openReader(): SqliteConnection {
    const reader = new SqliteConnection(this.#path, { readonly: true, timeout: busyPauseMs });
    reader.pragma('cache_size = -4000');
    return reader;
  }

  async ping(): Promise<void> {
    const transaction = this.#beginRead();
    await transaction.command('select 1 from schema_version');
    await transaction.rollback();
  }

  /** A file is one manager's. */
  listen(): void {}

  async close(): Promise<void> {
    for (const reader of this.#idleReaders) reader.close();
    this.#writer.close();
  }
}

class SqliteTransaction implements DatabaseTransaction {
  readonly #connection: SqliteConnection;
  readonly #release: () => void;

  constructor(connection: SqliteConnection, release: () => void) {
    this.#connection = connection;
    this.#release = release;
  }

  get lost(): boolean {
    return !this.#connection.isInTransaction;
  }

  async execute<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    refuseNul(parameters);
    try {
      return this.#connection.run<Row>(sql, parameters);
    } catch (error) {
      throw sqliteFailure(error);
    }
  }

  async command(sql: string): Promise<void> {
    try {
      this.#connection.run(sql);
    } catch (error) {
      throw sqliteFailure(error);
    }
  }

  /** A file is one manager's: there is nobody else to tell. */
  notify(): void {}

  async commit(): Promise<void> {
    try {
      this.#connection.run('commit');
    } catch (error) {
      this.#rollBack();
      throw sqliteFailure(error);
    } finally {
      this.#release();
    }
  }

  async rollback(): Promise<void> {
    this.#rollBack();
    this.#release();
  }

  #rollBack(): void {
    if (this.#connection.isInTransaction) this.#connection.run('rollback');
  }
}

async function makePrivateFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a', 0o600);
  try {
    await file.chmod(0o600);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

/** A new file survives a power cut only once the folder that names it is on the disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
