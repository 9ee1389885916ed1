import type { QueryResult } from 'kysely';
import { type DatabaseTransaction, type Query, refuseNul } from '../engine.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { isOutOfRoom, sqliteFailure } from './sqlite-failure.ts';

/** The engine's side of a transaction. */
export interface TransactionEnds {
  /** Returns the connection for another transaction. */
  readonly release: () => void;
  /** Waits until all earlier commits are on disk. Undefined where they are. */
  readonly syncing: () => Promise<void> | undefined;
  /** Starts writing the last commit to disk. */
  readonly sync: () => Promise<void>;
  /** The disk is full. */
  readonly outOfRoom: () => void;
}

export class SqliteTransaction implements DatabaseTransaction {
  readonly begun = Promise.resolve();
  readonly isRemote = false;
  readonly isWithin = false;
  /** A failed statement throws at once. */
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

  /** A file belongs to one manager: there is no other to notify. */
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

  /** The snapshot begins at the first statement; it includes commits that are not on disk yet. */
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
