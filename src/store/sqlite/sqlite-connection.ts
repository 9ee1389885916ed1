// One connection to SQLite and the statements it has prepared. Preparing costs more than running most of them.

import SqliteDatabase from 'better-sqlite3';
import type { QueryResult } from 'kysely';
import { sqliteFailure } from './sqlite-failure.ts';

const statementsKept = 256;

export class SqliteConnection {
  readonly #database: SqliteDatabase.Database;
  readonly #statements = new Map<string, SqliteDatabase.Statement<unknown[]>>();

  /** @throws DatabaseFailure */
  constructor(path: string, options: SqliteDatabase.Options) {
    try {
      this.#database = new SqliteDatabase(path, options);
    } catch (error) {
      throw sqliteFailure(error);
    }
  }

  /** False once SQLite has rolled a transaction back by itself, as it does when a disk is full. */
  get isInTransaction(): boolean {
    return this.#database.inTransaction;
  }

  /** @throws SqliteError */
  run<Row>(sql: string, parameters: readonly unknown[] = []): QueryResult<Row> {
    const statement = this.#statement(sql);
    if (statement.reader) return { rows: statement.all(...parameters) as Row[] };
    const { changes } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  /** @throws SqliteError */
  pragma(pragma: string): void {
    this.#database.pragma(pragma);
  }

  /** Changes with each commit that another connection makes, of this or another process. */
  get dataVersion(): number {
    return Number(this.#database.pragma('data_version', { simple: true }));
  }

  close(): void {
    this.#database.close();
  }

  #statement(sql: string): SqliteDatabase.Statement<unknown[]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      if (this.#statements.size < statementsKept) return known;
      // A Map keeps its members in the order they were set: the oldest unused one comes first.
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement = this.#database.prepare<unknown[]>(sql);
    if (this.#statements.size >= statementsKept) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
    return statement;
  }
}
