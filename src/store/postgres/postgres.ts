// PostgreSQL: a pool of connections. Each reader has a snapshot. Writers queue for one advisory lock, which serialises
// them across all managers, so that a rule can check before it acts without a race. Writers within projects share that
// lock, and exclude each other by a lock of each project (ADR 22). READ COMMITTED is enough under the locks: each
// statement sees everything that earlier writers committed. No session state outlives a transaction, so that a
// connection pooler may switch connections.

import { randomUUID } from 'node:crypto';
import {
  type Dialect,
  DummyDriver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import pg from 'pg';
import type { ConnectionUse } from '../../metrics/store-watch.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import type { DatabaseTransaction, Engine, Mode } from '../engine.ts';
import { postgresFailure } from './postgres-failure.ts';
import { requireSuitableServer } from './postgres-fitness.ts';
import { PostgresListener } from './postgres-listener.ts';
import { isPipelined, PostgresTransaction, poolSize } from './postgres-transaction.ts';
import { PreparedNames } from './prepared-names.ts';
import { refuseUnserved } from './refuse-unserved.ts';

const dialect: Dialect = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new DummyDriver(),
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createIntrospector: (database) => new PostgresIntrospector(database),
};

const int8 = 20;
const connectWithinMs = 5_000;

/** @throws Error with one line for the operator, where the server is too old or keeps text in another encoding */
export async function openPostgres(url: string): Promise<Engine> {
  const names = new PreparedNames();
  const pool = openPool(url, names);
  try {
    await requireSuitableServer(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return new PostgresEngine(pool, { url, names });
}

function openPool(url: string, names: PreparedNames): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'keyplane',
    max: poolSize,
    connectionTimeoutMillis: connectWithinMs,
    onConnect: async (client) => names.connected(client, await refuseUnserved(client, connectWithinMs)),
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
  readonly #names: PreparedNames;
  /** The sender in its notifications, so that it ignores its own. */
  readonly #sender = randomUUID();
  readonly #listeners: PostgresListener[] = [];

  constructor(pool: pg.Pool, { url, names }: { readonly url: string; readonly names: PreparedNames }) {
    this.#pool = pool;
    this.#url = url;
    this.#names = names;
  }

  async begin(mode: Mode, projectIds: readonly string[] = []): Promise<DatabaseTransaction> {
    const client = await this.#connect();
    const transaction = new PostgresTransaction(client, {
      sender: this.#sender,
      names: this.#names,
      mode,
      projectIds,
      connect: () => this.#connect(),
    });
    if (!isPipelined(mode)) await transaction.begun;
    return transaction;
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw postgresFailure(error);
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
