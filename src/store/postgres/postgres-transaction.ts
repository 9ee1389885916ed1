import type { QueryResult } from 'kysely';
import type pg from 'pg';
import type { WakeTopic } from '../../unit-of-work.ts';
import { DeferredWrites } from '../deferred-writes.ts';
import { type DatabaseTransaction, type Mode, type Query, refuseNul, type Sending } from '../engine.ts';
import { beginAsyncCommit, beginStatement } from './begin-statement.ts';
import { gatherWrites } from './gather-writes.ts';
import { isConnectionLost, isNameLost, postgresFailure } from './postgres-failure.ts';
import { notifyStatement } from './postgres-listener.ts';
import type { PreparedNames } from './prepared-names.ts';

export const poolSize = 10;
/** `begin` is not repeated on a server that does not answer. */
const repeatBeginMs = 5_000;

/** Its first statements are sent behind `begin` without waiting for its answer. */
export function isPipelined(mode: Mode): boolean {
  return mode === 'read' || mode === 'within';
}

/** What changes nothing where no transaction began. */
const isSelect = /^\s*select\b/;

/** Without parameters it may be several statements. */
type Message = Pick<Query, 'sql' | 'isKept'> & Partial<Pick<Query, 'parameters'>>;

export interface PostgresTransactionOptions {
  /** In its notifications, so that it ignores its own. */
  readonly sender: string;
  readonly names: PreparedNames;
  readonly mode: Mode;
  readonly projectIds: readonly string[];
  /** @throws DatabaseFailure */
  readonly connect: () => Promise<pg.PoolClient>;
}

export class PostgresTransaction implements DatabaseTransaction {
  readonly isRemote = true;
  readonly begun: Promise<void>;
  #client: pg.PoolClient;
  readonly #options: PostgresTransactionOptions;
  readonly #topics = new Set<WakeTopic>();
  readonly #deferred = new DeferredWrites();
  #hasBegun = false;
  /** A statement waits for the answer to `begin`, and so do all after it. */
  #isWaiting = false;
  #isReleased = false;
  lost = false;
  undone = false;

  constructor(client: pg.PoolClient, options: PostgresTransactionOptions) {
    this.#client = client;
    this.#options = options;
    this.begun = this.#begin();
    this.begun.catch(() => undefined);
  }

  get isWithin(): boolean {
    return this.#options.mode === 'within';
  }

  /**
   * After a restart of the server the pool may hand out several closed connections before it notices. Nothing has run
   * on them, so it is safe to take the next, until one is new.
   */
  async #begin(): Promise<void> {
    const { mode, projectIds, connect } = this.#options;
    const sql = beginStatement(mode, projectIds);
    const deadline = performance.now() + repeatBeginMs;
    for (let cut = 0; ; cut += 1) {
      try {
        await this.#send({ sql });
        this.#hasBegun = true;
        return;
      } catch (error) {
        this.#client.release(true);
        this.#isReleased = true;
        const isTooLate = cut === poolSize || performance.now() > deadline;
        if (isTooLate || !isConnectionLost(error)) throw postgresFailure(error);
      }
      this.#client = await connect();
      this.#isReleased = false;
    }
  }

  async execute<Row>(query: Query): Promise<QueryResult<Row>> {
    refuseNul(query.parameters);
    if (query.standsAlone !== true) this.#sendDeferred();
    const { rows, rowCount } = await this.#query(query);
    return { rows: rows as Row[], numAffectedRows: BigInt(rowCount ?? 0) };
  }

  defer(sending: Sending): void {
    for (const row of sending.rows) refuseNul(Object.values(row));
    this.#deferred.add(sending);
    if (this.#deferred.isFull) this.#sendDeferred();
  }

  #sendDeferred(): void {
    const query = this.#deferred.take();
    // If it fails, the transaction is aborted and the next statement fails too.
    if (query !== undefined) this.#query(query).catch(() => undefined);
  }

  async command(sql: string): Promise<void> {
    await this.#query({ sql });
  }

  step(sql: string): void {
    // As above.
    this.#query({ sql }).catch(() => undefined);
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
      this.#sendDeferred();
      const { sender } = this.#options;
      const notify =
        this.#topics.size > 0 && !notifiesAfter ? `${notifyStatement(this.#topics, sender)}; ` : '';
      // Several statements in one message have an answer each.
      const answers = [await this.#query({ sql: `${notify}commit` })].flat();
      const command = answers.at(-1)?.command;
      isClean = true;
      // PostgreSQL answers the commit of a transaction in which a statement failed with a rollback.
      if (command === 'ROLLBACK') {
        this.undone = true;
        throw postgresFailure(new Error('the commit rolled back'));
      }
    } finally {
      if (isClean && notifiesAfter && !this.undone) this.#notifyAndRelease();
      else this.#release(!isClean);
    }
  }

  /** Not awaited: the change is committed. */
  #notifyAndRelease(): void {
    const sql = `${beginAsyncCommit}; ${notifyStatement(this.#topics, this.#options.sender)}; commit`;
    this.#client.query(sql).then(
      () => this.#release(false),
      () => this.#release(true),
    );
  }

  /** The end of a read is not awaited. */
  async rollback(): Promise<void> {
    const ended = this.#rollBack();
    if (this.#options.mode !== 'read') await ended;
  }

  async #rollBack(): Promise<void> {
    let isClean = false;
    try {
      if (!this.lost) {
        await this.#query({ sql: 'rollback' });
        isClean = true;
      }
    } catch {
      // The connection is discarded, and the server rolls back its transaction.
    } finally {
      this.#release(!isClean);
    }
  }

  /** The server shows a commit to others only when it is on disk. */
  async durable(): Promise<void> {}

  /** A connection on which no transaction began was released then. */
  #release(isBroken: boolean): void {
    if (!this.#isReleased) this.#client.release(isBroken);
    this.#isReleased = true;
  }

  async #query(message: Message): Promise<pg.QueryResult> {
    if (!this.#hasBegun) {
      if (!this.#isWaiting && isPipelined(this.#options.mode) && isSelect.test(message.sql)) {
        return this.#queryAhead(message);
      }
      this.#isWaiting = true;
      await this.begun;
    }
    return this.#answerOf(this.#send(message));
  }

  /** In the round trip of `begin`. Sent again where that needed another connection. */
  async #queryAhead(message: Message): Promise<pg.QueryResult> {
    const client = this.#client;
    const answer = this.#send(message);
    answer.catch(() => undefined);
    await this.begun;
    return client === this.#client ? this.#answerOf(answer) : this.#query(message);
  }

  #send({ sql: text, parameters, isKept = false }: Message): Promise<pg.QueryResult> {
    gatherWrites(this.#client);
    if (parameters === undefined) return this.#client.query(text);
    const values = [...parameters];
    const name = isKept ? this.#options.names.of(this.#client, text, values) : undefined;
    return this.#client.query(name === undefined ? { text, values } : { name, text, values });
  }

  async #answerOf(answer: Promise<pg.QueryResult>): Promise<pg.QueryResult> {
    try {
      return await answer;
    } catch (error) {
      if (isNameLost(error)) this.#options.names.stop();
      if (isConnectionLost(error) || isNameLost(error)) this.lost = true;
      throw postgresFailure(error);
    }
  }
}
