// One work's hold on a transaction. Once the work has ended its nouns are dead: a promise that was not
// awaited can not write into the work that comes after it on the same connection.

import assert from 'node:assert';
import {
  type ConnectionProvider,
  type DatabaseConnection,
  DefaultQueryExecutor,
  Kysely,
  type QueryResult,
} from 'kysely';
import { sharedSlice } from '../runtime/event-loop.ts';
import type { WakeTopic } from '../unit-of-work.ts';
import type { DatabaseTransaction, Engine, Query } from './engine.ts';
import type { Database, Tables } from './tables.ts';

export class Lease implements DatabaseConnection {
  readonly #transaction: DatabaseTransaction;
  #ended = false;
  #failure: unknown;
  readonly #sent: Promise<void>[] = [];

  constructor(transaction: DatabaseTransaction) {
    this.#transaction = transaction;
  }

  async executeQuery<Row>(query: Query): Promise<QueryResult<Row>> {
    const pause = sharedSlice();
    // The work may end meanwhile, if it did not wait for this statement; so what follows looks afterwards.
    if (pause !== undefined) await pause;
    if (this.#ended) throw usedAfterEnd();
    // PostgreSQL takes no statement after a failed one; SQLite would, and is held to the same.
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return await this.#transaction.execute<Row>(query);
    } catch (error) {
      // Of statements that were sent before this one, the first failure is the reason for all others.
      this.#failure ??= error;
      throw this.#failure;
    }
  }

  /**
   * For what nobody needs an answer of: a database that is away is not waited for. What it fails with shows at the next
   * statement, or at the end.
   */
  async send(query: Query): Promise<void> {
    if (!this.#transaction.isAway) {
      await this.executeQuery(query);
      return;
    }
    if (this.#ended) throw usedAfterEnd();
    if (this.#failure !== undefined) throw this.#failure;
    this.#sent.push(
      this.#transaction.execute(query).then(
        () => undefined,
        (error: unknown) => {
          this.#failure ??= error;
        },
      ),
    );
  }

  // biome-ignore lint/correctness/useYield: the interface asks for it, the store pages instead.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('The store does not stream rows');
  }

  /** Tells other managers once the transaction is committed. */
  notify(topic: WakeTopic): void {
    if (!this.#ended) this.#transaction.notify(topic);
  }

  /**
   * @param waits false where whoever commits finds out whether something that was sent has failed
   * @throws what a statement failed with, also where the work swallowed it
   */
  async end(waits = true): Promise<void> {
    this.#ended = true;
    if (waits) await Promise.all(this.#sent);
    if (this.#failure !== undefined) throw this.#failure;
  }
}

function usedAfterEnd(): Error {
  return new Error('A noun of the store was used after its transaction had ended');
}

const leases = new WeakMap<Database, Lease>();

/** What a database speaks through: a compiled statement goes there without Kysely in between. */
export function leaseOf(database: Database): Lease {
  const lease = leases.get(database);
  assert(lease, 'a database that no lease made');
  return lease;
}

/** Makes the databases that leases speak through; compiler and adapter are shared by all of them. */
export function databaseMaker(engine: Pick<Engine, 'dialect'>): (lease: Lease) => Database {
  const dialect = engine.dialect;
  const props = { config: { dialect }, dialect, driver: dialect.createDriver() };
  const compiler = dialect.createQueryCompiler();
  const adapter = dialect.createAdapter();
  return (lease) => {
    const provideConnection: ConnectionProvider['provideConnection'] = (consumer) => consumer(lease);
    const executor = new DefaultQueryExecutor(compiler, adapter, { provideConnection });
    const database = new Kysely<Tables>({ ...props, executor });
    leases.set(database, lease);
    return database;
  };
}
