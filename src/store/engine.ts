// The interface of a database dialect: transactions that run compiled statements. A new dialect is one more
// implementation of `Engine`; the rest of this room is the same for every dialect.

import type { CompiledQuery, Dialect, QueryResult } from 'kysely';
import { type ErrorCode, KeyplaneError } from '../errors.ts';
import type { ConnectionUse } from '../metrics/store-watch.ts';
import type { WakeTopic } from '../unit-of-work.ts';

/** Text with its parameters, compiled for the dialect. */
export interface Query extends Pick<CompiledQuery, 'sql' | 'parameters'> {
  /** Its result is the same before and after what writes of the same group change. */
  readonly standsAlone?: boolean;
  /**
   * It runs often, and its result has the same columns after its tables got more of them: a database in another process
   * may keep it prepared.
   */
  readonly isKept?: boolean;
}

/** One statement and the rows to send it with. */
export interface Sending {
  /** The same for sendings whose rows may be sent together. */
  readonly statement: object;
  readonly rows: readonly object[];
  readonly sql: string;
  /** @param rows of all sendings of the statement, in their order */
  queriesOf(rows: readonly object[]): readonly Query[];
}

export type Mode = 'read' | 'write' | 'within' | 'asyncCommit';

export interface DatabaseTransaction {
  /**
   * Rejects where the transaction did not begin; then no statement had an effect. A remote database may answer only when
   * the first statements were sent. @throws DatabaseFailure
   */
  readonly begun: Promise<void>;
  /** @throws DatabaseFailure */
  execute<Row>(query: Query): Promise<QueryResult<Row>>;
  /**
   * Only of remote databases: sends it before the next statement that does not stand alone, or with the commit, in one
   * statement with all others that wait. A failure fails all later statements and the commit.
   * @throws DatabaseFailure for a value that is refused
   */
  defer?(sending: Sending): void;
  /** For schemas. @throws DatabaseFailure */
  command(sql: string): Promise<void>;
  /**
   * For savepoints. A remote database is not awaited: a failure fails all later statements and the commit.
   * @throws DatabaseFailure where the database is in this process
   */
  step(sql: string): void;
  /** The database is in another process: statements can be sent without waiting for earlier ones. */
  readonly isRemote: boolean;
  /** Other transactions within other projects run at the same time. */
  readonly isWithin: boolean;
  /** The commit notifies the other managers on this database, not this one. */
  notify(topic: WakeTopic): void;
  /** Durable once it resolves. Ends the transaction, also where it fails. @throws DatabaseFailure */
  commit(): Promise<void>;
  /** Ends the transaction; never throws. */
  rollback(): Promise<void>;
  /**
   * Call it after a read has ended: resolves when everything that the read saw is durable.
   * @throws DatabaseFailure where it was lost
   */
  durable(): Promise<void>;
  /** The database ended the transaction itself; it is rolled back. */
  readonly lost: boolean;
  /** The commit was answered with a rollback because a statement had failed. */
  readonly undone: boolean;
}

export interface Engine {
  readonly name: 'sqlite' | 'postgres';
  readonly dialect: Dialect;
  /** SQL for the database's clock, in milliseconds since 1970: the clock that all managers share. */
  readonly nowMs: string;
  /** Whether other managers may use the same database; where not, every `asyncCommit` is a `write`. */
  readonly isShared: boolean;
  /**
   * `read` sees one snapshot and is never blocked by a writer. `write` is exclusive: no other `write` of this or
   * another manager runs until it ends, so what it read stays true until it commits. `within` excludes every `write`, and
   * every `within` of one of the same projects; only of engines that are shared. `asyncCommit` waits for no other
   * transaction and may be lost in a crash of the database.
   * @throws DatabaseFailure
   */
  begin(mode: Mode, projectIds?: readonly string[]): Promise<DatabaseTransaction>;
  /**
   * Differs after each commit to the database, of this or another process. Only of engines that know it without a
   * statement; undefined where it is not known now.
   */
  changeMark?(): string | undefined;
  /** @throws DatabaseFailure */
  ping(): Promise<void>;
  /** Only of engines that have a pool of them. */
  connections?(): ConnectionUse;
  /** Receives the notifications of other managers until the engine is closed. Delivery is best effort. */
  listen(onWake: (topic: WakeTopic) => void): void;
  /** Call it when all transactions have ended. */
  close(): Promise<void>;
}

/** An error of the database, not of the callback. */
export class DatabaseFailure extends KeyplaneError {
  /** A retry from the start may succeed. */
  readonly again: boolean;

  constructor(code: ErrorCode, options: { publicText: string; detail: string; again?: boolean }) {
    super(code, options.publicText, { detail: options.detail });
    this.again = options.again ?? false;
  }
}

/** A transaction within projects cannot do this: the callback has to run again in an exclusive one. */
export class RequiresExclusive extends DatabaseFailure {
  constructor(detail: string) {
    super('unavailable', { publicText: failureTexts.unwritable, detail, again: true });
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

/** PostgreSQL cannot store U+0000 in text; SQLite could, but must behave the same. */
export function refuseNul(parameters: Iterable<unknown>): void {
  for (const parameter of parameters) {
    if (typeof parameter === 'string' && parameter.includes('\0')) {
      throw new DatabaseFailure('bad_request', {
        publicText: failureTexts.nulCharacter,
        detail: 'a text parameter holds U+0000',
      });
    }
  }
}
