// What a database dialect brings: transactions that run compiled statements. A new dialect is one more
// implementation of `Engine`; all else in this room is the same for every dialect.

import type { CompiledQuery, Dialect, QueryResult } from 'kysely';
import { type ErrorCode, KeyplaneError } from '../errors.ts';
import type { ConnectionUse } from '../metrics/store-watch.ts';
import type { WakeTopic } from '../unit-of-work.ts';

/** Text with its parameters, compiled for the dialect. */
export type Query = Pick<CompiledQuery, 'sql' | 'parameters'>;

export type Mode = 'read' | 'write' | 'aside';

export interface DatabaseTransaction {
  /** @throws DatabaseFailure */
  execute<Row>(query: Query): Promise<QueryResult<Row>>;
  /** For schemas. @throws DatabaseFailure */
  command(sql: string): Promise<void>;
  /**
   * For savepoints. Not waited for where the database is away: a failure fails what comes after it, the commit too.
   * @throws DatabaseFailure where it is at hand
   */
  step(sql: string): void;
  /** Statements can be sent without waiting for those before. */
  readonly isAway: boolean;
  /** With the commit, other managers on this database are told; this one is not. */
  notify(topic: WakeTopic): void;
  /** Durable once it resolves. Ends the transaction, also where it fails. @throws DatabaseFailure */
  commit(): Promise<void>;
  /** Ends the transaction; never throws. */
  rollback(): Promise<void>;
  /**
   * Ask it after a read has ended: resolves once no crash can take back what the read has seen.
   * @throws DatabaseFailure where it was taken back
   */
  durable(): Promise<void>;
  /** The database ended the transaction by itself: nothing of it is left. */
  readonly lost: boolean;
  /** The commit was answered with a rollback, for a statement had failed: nothing of it is left. */
  readonly undone: boolean;
}

export interface Engine {
  readonly name: 'sqlite' | 'postgres';
  readonly dialect: Dialect;
  /** SQL for the database's own time, in milliseconds since 1970: managers compare each other's times by it. */
  readonly nowMs: string;
  /** Whether other managers may use the same database; where not, every `aside` is a `write`. */
  readonly isShared: boolean;
  /**
   * `read` sees one snapshot and is never blocked by a writer. `write` is alone: no other `write` of this or
   * another manager runs until it ended, so what it read stays true until it commits. `aside` waits for nobody
   * and may be lost in a crash of the database.
   * @throws DatabaseFailure
   */
  begin(mode: Mode): Promise<DatabaseTransaction>;
  /** @throws DatabaseFailure */
  ping(): Promise<void>;
  /** Only of engines that have a pool of them. */
  connections?(): ConnectionUse;
  /** Hears the `notify` of other managers, as far as they get through, until the engine is closed. */
  listen(onWake: (topic: WakeTopic) => void): void;
  /** Call it once all transactions ended. */
  close(): Promise<void>;
}

/** An error that the database, not the work in it, gave. */
export class DatabaseFailure extends KeyplaneError {
  /** The same work may well succeed when it is run again from the start. */
  readonly again: boolean;

  constructor(code: ErrorCode, options: { publicText: string; detail: string; again?: boolean }) {
    super(code, options.publicText, { detail: options.detail });
    this.again = options.again ?? false;
  }
}

export const failureTexts = Object.freeze({
  conflict: 'Another request changed the same object at the same time. Try again!',
  unwritable: 'The database can not be written right now. Try again!',
  unreachable: 'The database can not be reached right now. Try again!',
  unexpected: 'An unexpected error occurred',
  nulCharacter: 'Text can not hold the character U+0000!',
  closed: 'The manager is stopping',
});

/** PostgreSQL can not keep U+0000 in text; SQLite would, and is held to the same. */
export function refuseNul(parameters: readonly unknown[]): void {
  for (const parameter of parameters) {
    if (typeof parameter === 'string' && parameter.includes('\0')) {
      throw new DatabaseFailure('bad_request', {
        publicText: failureTexts.nulCharacter,
        detail: 'a text parameter holds U+0000',
      });
    }
  }
}
