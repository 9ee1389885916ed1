// PostgreSQL: a pool of connections. Each reader has a snapshot. Writers queue for one advisory lock, which serialises
// them across all managers, so that a rule can check before it acts without a race. Writers within projects share that
// lock, and exclude each other by a lock of each project (ADR 22). READ COMMITTED is enough under the locks: each
// statement sees everything that earlier writers committed. No session state outlives a transaction, so that a
// connection pooler may switch connections.

import { createHash, randomUUID } from 'node:crypto';
import {
  type Dialect,
  DummyDriver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import pg from 'pg';
import type { ConnectionUse } from '../../metrics/store-watch.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import { type DatabaseTransaction, type Engine, type Mode, type Query, refuseNul } from '../engine.ts';
import { isConnectionLost, postgresFailure } from './postgres-failure.ts';
import { requireSuitableServer } from './postgres-fitness.ts';
import { notifyStatement, PostgresListener } from './postgres-listener.ts';
import { refuseUnserved } from './refuse-unserved.ts';

const dialect: Dialect = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new DummyDriver(),
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createIntrospector: (database) => new PostgresIntrospector(database),
};

/** `keyplane` in ASCII, as far as it fits; advisory locks of one database are distinguished by number. */
const writerLock = 0x6b6579706c61;

const limits = `set local statement_timeout = '30s'; set local lock_timeout = '10s'`;
const readLimits = `${limits}; set local idle_in_transaction_session_timeout = '30s'`;
/**
 * A manager that hangs, or whose host vanished, keeps its locks this long: less than others wait for them, so that their
 * writes are late and not rejected.
 */
const writeLimits = `${limits}; set local idle_in_transaction_session_timeout = '8s'`;
/** A server with `synchronous_commit = off` would acknowledge commits that a crash can undo. */
const durable = `select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off'`;
const beginRead = `start transaction isolation level repeatable read, read only; ${readLimits}`;
const beginReadWrite = `start transaction isolation level read committed, read write; ${writeLimits}`;
const beginAsyncCommit = `${beginReadWrite}; set local synchronous_commit = off`;

function beginStatement(mode: Mode, projectIds: readonly string[]): string {
  switch (mode) {
    case 'read':
      return beginRead;
    case 'write':
      return `${beginReadWrite}; ${durable}; select pg_advisory_xact_lock(${writerLock})`;
    case 'within':
      return [
        `${beginReadWrite}; ${durable}; select pg_advisory_xact_lock_shared(${writerLock})`,
        ...projectLocks(projectIds).map(
          (lock) => `select pg_advisory_xact_lock(${projectLockClass}, ${lock})`,
        ),
      ].join('; ');
    case 'asyncCommit':
      return beginAsyncCommit;
    default:
      return mode satisfies never;
  }
}

/** `kp` in ASCII: advisory locks of two numbers are apart from those of one. */
const projectLockClass = 0x6b70;

/** In one order for all managers, so that no two can wait for each other. Projects of one number only wait needlessly. */
function projectLocks(projectIds: readonly string[]): readonly number[] {
  const numbers = projectIds.map((id) => createHash('sha256').update(id).digest().readInt32BE());
  return [...new Set(numbers)].sort((a, b) => a - b);
}

const int8 = 20;
const poolSize = 10;
const connectWithinMs = 5_000;
/** `begin` is not repeated on a server that does not answer. */
const repeatBeginMs = 5_000;

/** @throws Error with one line for the operator, where the server is too old or keeps text in another encoding */
export async function openPostgres(url: string): Promise<Engine> {
  const pool = openPool(url);
  try {
    await requireSuitableServer(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return new PostgresEngine(pool, url);
}

function openPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'keyplane',
    max: poolSize,
    connectionTimeoutMillis: connectWithinMs,
    onConnect: (client) => refuseUnserved(client, connectWithinMs),
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // Statements are sent without waiting for the results of earlier ones.
    pipeline: true,
    // Longer than the server's own limits: it covers a server or network that no longer answers.
    query_timeout: 40_000,
    types: {
      // Counts, times in milliseconds and revisions all stay below 2^53.
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === int8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format),
    },
  });
  // A server that stops sends an error to idle connections, and an `error` event without a listener ends the process.
  // The pool drops such a connection itself and opens another when one is needed.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

class PostgresEngine implements Engine {
  readonly name = 'postgres';
  readonly dialect = dialect;
  readonly isShared = true;
  // Not now(): that is when the transaction began, which may have waited for earlier writers.
  readonly nowMs = 'cast(extract(epoch from clock_timestamp()) * 1000 as bigint)';
  readonly #pool: pg.Pool;
  readonly #url: string;
  /** The sender in its notifications, so that it ignores its own. */
  readonly #sender = randomUUID();
  readonly #listeners: PostgresListener[] = [];

  constructor(pool: pg.Pool, url: string) {
    this.#pool = pool;
    this.#url = url;
  }

  /**
   * After a restart of the server the pool may hand out several closed connections before it notices. Nothing has run
   * on them, so it is safe to take the next, until one is new.
   */
  async begin(mode: Mode, projectIds: readonly string[] = []): Promise<DatabaseTransaction> {
    const sql = beginStatement(mode, projectIds);
    const deadline = performance.now() + repeatBeginMs;
    for (let cut = 0; ; cut += 1) {
      const client = await this.#pool.connect().catch((error) => {
        throw postgresFailure(error);
      });
      try {
        // Awaited: a statement must never reach a connection on which no transaction began.
        await client.query(sql);
        return new PostgresTransaction(client, this.#sender, mode);
      } catch (error) {
        client.release(true);
        const isTooLate = cut === poolSize || performance.now() > deadline;
        if (isTooLate || !isConnectionLost(error)) throw postgresFailure(error);
      }
    }
  }

  async ping(): Promise<void> {
    try {
      await this.#pool.query('select 1');
    } catch (error) {
      throw postgresFailure(error);
    }
  }

  connections(): ConnectionUse {
    const { totalCount, idleCount: idle, waitingCount: awaited } = this.#pool;
    return { busy: totalCount - idle, idle, awaited };
  }

  listen(onWake: (topic: WakeTopic) => void): void {
    this.#listeners.push(new PostgresListener({ url: this.#url, sender: this.#sender, onWake }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    await this.#pool.end();
  }
}

class PostgresTransaction implements DatabaseTransaction {
  readonly isRemote = true;
  readonly #client: pg.PoolClient;
  readonly #sender: string;
  readonly #mode: Mode;
  readonly #topics = new Set<WakeTopic>();
  lost = false;
  undone = false;

  constructor(client: pg.PoolClient, sender: string, mode: Mode) {
    this.#client = client;
    this.#sender = sender;
    this.#mode = mode;
  }

  get isWithin(): boolean {
    return this.#mode === 'within';
  }

  async execute<Row>({ sql, parameters }: Query): Promise<QueryResult<Row>> {
    refuseNul(parameters);
    const { rows, rowCount } = await this.#query(sql, parameters);
    return { rows: rows as Row[], numAffectedRows: BigInt(rowCount ?? 0) };
  }

  async command(sql: string): Promise<void> {
    await this.#query(sql);
  }

  step(sql: string): void {
    // If it fails, the transaction is aborted and the next statement fails too.
    this.#query(sql).catch(() => undefined);
  }

  notify(topic: WakeTopic): void {
    this.#topics.add(topic);
  }

  async commit(): Promise<void> {
    let isClean = false;
    // PostgreSQL commits transactions that notify one after another, each with its wait for the disk. So where others
    // commit at the same time the notification follows in a separate transaction. One that is lost costs a poll.
    const notifiesAfter = this.isWithin && this.#topics.size > 0;
    try {
      const notify =
        this.#topics.size > 0 && !notifiesAfter ? `${notifyStatement(this.#topics, this.#sender)}; ` : '';
      // Several statements in one message have an answer each.
      const answers = [await this.#query(`${notify}commit`)].flat();
      const command = answers.at(-1)?.command;
      isClean = true;
      // PostgreSQL answers the commit of a transaction in which a statement failed with a rollback.
      if (command === 'ROLLBACK') {
        this.undone = true;
        throw postgresFailure(new Error('the commit rolled back'));
      }
    } finally {
      if (isClean && notifiesAfter && !this.undone) this.#notifyAndRelease();
      else this.#client.release(!isClean);
    }
  }

  /** Not awaited: the change is committed. */
  #notifyAndRelease(): void {
    const sql = `${beginAsyncCommit}; ${notifyStatement(this.#topics, this.#sender)}; commit`;
    this.#client.query(sql).then(
      () => this.#client.release(),
      () => this.#client.release(true),
    );
  }

  /** The end of a read is not awaited. */
  async rollback(): Promise<void> {
    const ended = this.#rollBack();
    if (this.#mode !== 'read') await ended;
  }

  async #rollBack(): Promise<void> {
    let isClean = false;
    try {
      if (!this.lost) {
        await this.#query('rollback');
        isClean = true;
      }
    } catch {
      // The connection is discarded, and the server rolls back its transaction.
    } finally {
      this.#client.release(!isClean);
    }
  }

  /** The server shows a commit to others only when it is on disk. */
  async durable(): Promise<void> {}

  async #query(sql: string, parameters?: readonly unknown[]): Promise<pg.QueryResult> {
    try {
      return await this.#client.query(sql, parameters === undefined ? undefined : [...parameters]);
    } catch (error) {
      if (isConnectionLost(error)) this.lost = true;
      throw postgresFailure(error);
    }
  }
}
