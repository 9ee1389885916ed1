// The scope of one callback in a transaction. When the callback ends, its stores can no longer be used: a promise that
// was not awaited cannot write into the next transaction on the same connection.

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
import type { Database, Tables } from './database-schema.ts';
import type { DatabaseTransaction, Engine, Query, Sending } from './engine.ts';
import type { RequireWritable } from './writable-within.ts';

export class TransactionScope implements DatabaseConnection {
  readonly #transaction: DatabaseTransaction;
  readonly #options: ScopeOptions;
  #ended = false;
  #failure: unknown;
  readonly #sent: Promise<void>[] = [];

  constructor(transaction: DatabaseTransaction, options: ScopeOptions = {}) {
    this.#transaction = transaction;
    this.#options = options;
  }

  async executeQuery<Row>(query: Query): Promise<QueryResult<Row>> {
    const { begins, requester, requireWritable } = this.#options;
    if (begins !== undefined && query.standsAlone !== true) await begins;
    const pause = sharedSlice(requester);
    // The callback may end during the pause if it does not await this statement, so `#ended` is checked afterwards.
    if (pause !== undefined) await pause;
    if (this.#ended) throw usedAfterEnd();
    // PostgreSQL rejects every statement after a failed one; SQLite would accept it, so this check makes them equal.
    if (this.#failure !== undefined) throw this.#failure;
    try {
      requireWritable?.(query.sql);
      return await this.#transaction.execute<Row>(query);
    } catch (error) {
      // The first failure among the statements that were sent is the cause of all later ones.
      this.#failure ??= error;
      throw this.#failure;
    }
  }

  /**
   * For statements without a result: a remote database is not awaited. A failure is thrown by the next statement, or at
   * the end.
   */
  async send(sending: Sending): Promise<void> {
    const queries = () => sending.queriesOf(sending.rows);
    if (!this.#transaction.isRemote) {
      for (const query of queries()) await this.executeQuery(query);
      return;
    }
    const { begins, requireWritable, defers } = this.#options;
    if (begins !== undefined) await begins;
    if (this.#ended) throw usedAfterEnd();
    if (this.#failure !== undefined) throw this.#failure;
    try {
      requireWritable?.(sending.sql);
      if (defers === true) this.#transaction.defer?.(sending);
      else for (const query of queries()) this.#sent.push(this.#answered(query));
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  async #answered(query: Query): Promise<void> {
    try {
      await this.#transaction.execute(query);
    } catch (error) {
      this.#failure ??= error;
    }
  }

  // biome-ignore lint/correctness/useYield: the interface asks for it, the store pages instead.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('The store does not stream rows');
  }

  /** Notifies the other managers when the transaction commits. */
  notify(topic: WakeTopic): void {
    if (!this.#ended) this.#transaction.notify(topic);
  }

  /**
   * @param waits false where the commit shows whether a statement failed
   * @throws the first failure of a statement, also where the callback ignored it
   */
  async end(waits = true): Promise<void> {
    this.#ended = true;
    if (waits) await Promise.all(this.#sent);
    if (this.#failure !== undefined) throw this.#failure;
  }
}

export interface ScopeOptions {
  /** Of a transaction that may not write everything. */
  readonly requireWritable?: RequireWritable | undefined;
  /** Who takes turns for its statements with others; the current requester by default. */
  readonly requester?: string;
  /** When its write may do more than what stands alone. */
  readonly begins?: Promise<void> | undefined;
  /** Statements without a result are sent together. Only where the transaction can defer them. */
  readonly defers?: boolean;
}

function usedAfterEnd(): Error {
  return new Error('A store was used after its transaction had ended');
}

const scopes = new WeakMap<Database, TransactionScope>();

/** The scope behind a database; compiled statements go there without Kysely. */
export function scopeOf(database: Database): TransactionScope {
  const scope = scopes.get(database);
  assert(scope, 'a database without a transaction scope');
  return scope;
}

/** Creates the database of a scope; compiler and adapter are shared by all of them. */
export function databaseFactory(engine: Pick<Engine, 'dialect'>): (scope: TransactionScope) => Database {
  const dialect = engine.dialect;
  const props = { config: { dialect }, dialect, driver: dialect.createDriver() };
  const compiler = dialect.createQueryCompiler();
  const adapter = dialect.createAdapter();
  return (scope) => {
    const provideConnection: ConnectionProvider['provideConnection'] = (consumer) => consumer(scope);
    const executor = new DefaultQueryExecutor(compiler, adapter, { provideConnection });
    const database = new Kysely<Tables>({ ...props, executor });
    scopes.set(database, scope);
    return database;
  };
}
