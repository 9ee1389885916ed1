// SQLite: one connection that writes, several that read. In WAL mode a reader keeps its snapshot however long a writer
// takes. SQLite appends a commit to the log, which is synced outside the event loop; nothing of it is acknowledged
// before that, and if the disk fails, it is undone (ADR 11). A file that others could read is rejected: the file is
// created with mode 0600 before SQLite opens it, and SQLite gives the write-ahead log and its index the mode of the
// file.

import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Dialect, DummyDriver, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { syncFolder } from '../../runtime/durable-file.ts';
import { sharedSlice } from '../../runtime/event-loop.ts';
import {
  DatabaseFailure,
  type DatabaseTransaction,
  type Engine,
  failureTexts,
  type Mode,
} from '../engine.ts';
import { Checkpointer } from './checkpointer.ts';
import { makePrivateFile } from './private-file.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { isBusy, sqliteFailure } from './sqlite-failure.ts';
import { SqliteTransaction } from './sqlite-transaction.ts';
import { isSameMark, type LogMark, WriteAheadLog } from './write-ahead-log.ts';

export const sqliteDialect: Dialect = {
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new DummyDriver(),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createIntrospector: (database) => new SqliteIntrospector(database),
};

export const sqliteNowMs = `cast(unixepoch('subsec') * 1000 as integer)`;

const idleReadersKept = 16;
const busyPauseMs = 20;

export interface SqliteOptions {
  readonly path: string;
  /** How long a write waits for another process that writes. */
  readonly busyWaitMs?: number;
}

/** @throws DatabaseFailure when the file is no database or cannot be opened */
export async function openSqlite({ path, busyWaitMs = 5000 }: SqliteOptions): Promise<Engine> {
  await makePrivateFile(path);
  return new SqliteEngine(path, busyWaitMs, await openFiles(path, busyWaitMs));
}

/** What is open of a database. */
interface OpenFiles {
  readonly writer: SqliteConnection;
  readonly log: WriteAheadLog;
  /** Where the log ends that is on the disk. */
  durable: LogMark;
}

/** @throws DatabaseFailure */
async function openFiles(path: string, busyWaitMs: number): Promise<OpenFiles> {
  const writer = new SqliteConnection(path, { timeout: busyWaitMs });
  try {
    writer.pragma('journal_mode = WAL');
    // Without a sync at each commit; one only before a log that starts over gets its first frame.
    writer.pragma('synchronous = NORMAL');
    writer.pragma('fullfsync = ON');
    writer.pragma('wal_autocheckpoint = 0');
    writer.pragma('foreign_keys = ON');
    // SQLite waits by blocking the whole process, so from here on it waits briefly and `begin` is retried.
    writer.pragma(`busy_timeout = ${busyPauseMs}`);
    writer.run('select 1 from sqlite_schema');
    const log = await WriteAheadLog.open(path);
    // What a process that was killed had committed may not be on the disk yet, and is shown from here on.
    await log.sync();
    await syncFolder(dirname(path));
    return { writer, log, durable: log.mark() };
  } catch (error) {
    writer.close();
    throw sqliteFailure(error);
  }
}

class SqliteEngine implements Engine {
  readonly name = 'sqlite';
  readonly dialect = sqliteDialect;
  readonly isShared = false;
  readonly nowMs = sqliteNowMs;
  readonly #path: string;
  readonly #busyWaitMs: number;
  readonly #checkpointer: Checkpointer;
  readonly #idleReaders: SqliteConnection[] = [];
  #files: OpenFiles | undefined;
  /** After a failed sync: the commits that must be undone before anything is read or written again. */
  #refused: { readonly to: LogMark; readonly end: LogMark } | undefined;
  #mending: Promise<void> | undefined;
  #syncing: Promise<void> | undefined;
  #running = 0;
  /** Of this connection that writes. */
  #commits = 0;
  #whenNoneRuns: (() => void) | undefined;

  constructor(path: string, busyWaitMs: number, files: OpenFiles) {
    this.#path = path;
    this.#busyWaitMs = busyWaitMs;
    this.#files = files;
    this.#checkpointer = new Checkpointer(path);
  }

  async begin(mode: Mode): Promise<DatabaseTransaction> {
    if (mode !== 'read') return this.#beginWrite();
    // Before a connection is taken: hundreds of requests that wait for their turn would else open one each.
    for (let pause = sharedSlice(); pause !== undefined; pause = sharedSlice()) await pause;
    while (this.#refused !== undefined) await this.#mend();
    return this.#beginRead();
  }

  async #beginWrite(): Promise<DatabaseTransaction> {
    const deadline = performance.now() + this.#busyWaitMs;
    for (;;) {
      while (this.#refused !== undefined) await this.#mend();
      await this.#checkpointIfDue();
      const { writer } = this.#open();
      try {
        writer.run('begin immediate');
      } catch (error) {
        if (!isBusy(error) || performance.now() >= deadline) throw sqliteFailure(error);
        await setTimeout(busyPauseMs);
        continue;
      }
      await this.#keepForeign(this.#open());
      return this.#transaction(writer, () => {});
    }
  }

  /**
   * Commits of another process (a command) are synced before anything is appended, so that a failed sync of ours cannot
   * undo them. No other process commits meanwhile.
   */
  async #keepForeign(files: OpenFiles): Promise<void> {
    const mark = files.log.mark();
    if (isSameMark(mark, files.durable)) return;
    try {
      await files.log.sync();
      files.durable = mark;
    } catch (error) {
      files.writer.run('rollback');
      throw notWritten(`the log of another process did not reach the disk (${codeOf(error)})`);
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
    return this.#transaction(reader, () => {
      if (this.#idleReaders.length < idleReadersKept) this.#idleReaders.push(reader);
      else reader.close();
    });
  }

  #transaction(connection: SqliteConnection, free: () => void): DatabaseTransaction {
    this.#running += 1;
    return new SqliteTransaction(connection, {
      syncing: () => this.#whatIsSeen(),
      sync: () => {
        this.#commits += 1;
        return this.#sync();
      },
      outOfRoom: () => this.#checkpointer.wantRoom(),
      release: () => {
        free();
        this.#running -= 1;
        if (this.#running === 0) this.#whenNoneRuns?.();
      },
    });
  }

  #whatIsSeen(): Promise<void> | undefined {
    if (this.#refused !== undefined) throw notWritten('what was not durable is about to be taken back');
    return this.#syncing;
  }

  #openReader(): SqliteConnection {
    const reader = new SqliteConnection(this.#path, { readonly: true, timeout: busyPauseMs });
    reader.pragma('cache_size = -4000');
    return reader;
  }

  #open(): OpenFiles {
    if (this.#files === undefined) throw notWritten('the database is closed');
    return this.#files;
  }

  /** Writes run one after another, so what is committed now is all that is not on the disk. */
  #sync(): Promise<void> {
    const files = this.#open();
    const mark = files.log.mark();
    const bringToDisk = async () => {
      try {
        await files.log.sync();
        files.durable = mark;
      } catch (error) {
        this.#refused = { to: files.durable, end: mark };
        throw notWritten(`the log did not reach the disk (${codeOf(error)})`);
      } finally {
        this.#syncing = undefined;
      }
    };
    this.#syncing = bringToDisk();
    return this.#syncing;
  }

  async #checkpointIfDue(): Promise<void> {
    const files = this.#open();
    if (!(await this.#checkpointer.isDue(files.durable))) return;
    await this.#checkpointer.run(files.durable.frames);
    files.durable = files.log.mark();
  }

  /** All callers that wait for the same recovery share it. @throws DatabaseFailure while the disk goes on to refuse */
  #mend(): Promise<void> {
    this.#mending ??= this.#takeBack().finally(() => {
      this.#mending = undefined;
    });
    return this.#mending;
  }

  /**
   * A sync that failed may have marked pages as written that are not, so no later sync is trusted with them: what it
   * was to bring to the disk is cut off, and all connections begin again from what is there.
   */
  async #takeBack(): Promise<void> {
    const refused = this.#refused;
    if (refused === undefined) return;
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#whenNoneRuns = resolve;
      });
      this.#whenNoneRuns = undefined;
    }
    try {
      await this.#closeConnections();
      if (this.#closedLog !== undefined) {
        // Behind it another process may have its own, which it acknowledged, and before which it brought ours to the disk.
        if (isSameMark(this.#closedLog.mark(), refused.end)) await this.#closedLog.cutTo(refused.to);
        await this.#closedLog.close();
        this.#closedLog = undefined;
      }
      this.#files = await openFiles(this.#path, this.#busyWaitMs);
      this.#refused = undefined;
    } catch (error) {
      throw notWritten(`what was not durable could not be taken back (${codeOf(error)})`);
    }
  }

  /** Of files whose connections are closed. */
  #closedLog: WriteAheadLog | undefined;

  /** A connection that writes copies the log into the database when it is the last to close; one that reads does not. */
  async #closeConnections(): Promise<void> {
    if (this.#files === undefined) return;
    await this.#checkpointer.stop();
    const last = this.#idleReaders.pop() ?? this.#openReader();
    last.run('select 1 from sqlite_schema');
    this.#files.writer.close();
    for (const reader of this.#idleReaders.splice(0)) reader.close();
    last.close();
    this.#closedLog = this.#files.log;
    this.#files = undefined;
  }

  changeMark(): string | undefined {
    const files = this.#files;
    if (files === undefined || this.#refused !== undefined) return undefined;
    try {
      return `${this.#commits} ${files.writer.dataVersion}`;
    } catch {
      return undefined;
    }
  }

  async ping(): Promise<void> {
    const transaction = await this.begin('read');
    try {
      await transaction.command('select 1 from schema_version');
    } finally {
      await transaction.rollback();
    }
  }

  /** A file is one manager's. */
  listen(): void {}

  async close(): Promise<void> {
    await this.#checkpointer.stop();
    for (const reader of this.#idleReaders.splice(0)) reader.close();
    // Not copied into the database as long as some of it is to be cut off; the next start reads what is left.
    if (this.#refused !== undefined) await this.#mend().catch(() => undefined);
    this.#files?.writer.close();
    await this.#files?.log.close();
    this.#files = undefined;
  }
}

function notWritten(detail: string): DatabaseFailure {
  return new DatabaseFailure('unavailable', { publicText: failureTexts.unwritable, detail });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
}
