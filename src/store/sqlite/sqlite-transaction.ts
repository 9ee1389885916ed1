import type { QueryResult } from 'kysely';
import { type DatabaseTransaction, type Query, refuseNul } from '../engine.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { isOutOfRoom, sqliteFailure } from './sqlite-failure.ts';

/** What a transaction needs of its engine. */
export interface TransactionEnds {
  /** The connection is free for another transaction. */
  readonly release: () => void;
  /** Waits until what was committed so far is on the disk. Undefined where all of it is. */
  readonly syncing: () => Promise<void> | undefined;
  /** Begins to bring a commit that was just made to the disk. */
  readonly sync: () => Promise<void>;
  /** The disk had no room for what was written. */
  readonly outOfRoom: () => void;
}

export class SqliteTransaction implements DatabaseTransaction {
  readonly isAway = false;
  /** A statement that fails is heard of at once. */
  readonly undone = false;
  readonly #connection: SqliteConnection;
  readonly #ends: TransactionEnds;
  #seen: Promise<void> | undefined;
  #hasLooked = false;

  constructor(connection: SqliteConnection, ends: TransactionEnds) {
    this.#connection = connection;
    this.#ends = ends;
  }

  get lost(): boolean {
    return !this.#connection.isInTransaction;
  }

  async execute<Row>({ sql, parameters }: Query): Promise<QueryResult<Row>> {
    refuseNul(parameters);
    try {
      const result = this.#connection.run<Row>(sql, parameters);
      this.#noteWhatIsSeen();
      return result;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async command(sql: string): Promise<void> {
    this.step(sql);
  }

  step(sql: string): void {
    try {
      this.#connection.run(sql);
      this.#noteWhatIsSeen();
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** A file is one manager's: there is nobody else to tell. */
  notify(): void {}

  async commit(): Promise<void> {
    try {
      this.#connection.run('commit');
    } catch (error) {
      this.#rollBack();
      this.#ends.release();
      throw this.#failure(error);
    }
    const synced = this.#ends.sync();
    this.#ends.release();
    await synced;
  }

  async rollback(): Promise<void> {
    this.#rollBack();
    this.#ends.release();
  }

  async durable(): Promise<void> {
    await this.#seen;
  }

  /** The snapshot is that of the first statement; a commit that is on its way to the disk then is in it. */
  #noteWhatIsSeen(): void {
    if (this.#hasLooked) return;
    this.#hasLooked = true;
    this.#seen = this.#ends.syncing();
  }

  #failure(error: unknown): unknown {
    if (isOutOfRoom(error)) this.#ends.outOfRoom();
    return sqliteFailure(error);
  }

  #rollBack(): void {
    if (this.#connection.isInTransaction) this.#connection.run('rollback');
  }
}
