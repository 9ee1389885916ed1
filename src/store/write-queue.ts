// The one writer. Works that wait at the same moment are run one after another in one transaction, each under
// a savepoint of its own, and share one commit: the disk is waited for once instead of once each.
// Requesters take turns within a commit, and a commit that several share begins soon, so that a hundred writes of one
// requester do not delay the write of another.
// No work is answered before that commit, so none is told of a change that a crash could take back.
// A database that is away is first trusted to take them all: without savepoints, and without waiting for what nobody needs
// an answer of. Where anything fails, all of it is rolled back and run again with each work apart from the others.

import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import type { StoreWatch } from '../metrics/store-watch.ts';
import { faultPoints } from '../runtime/fault-points.ts';
import { currentRequester } from '../runtime/requester.ts';
import { DatabaseFailure, type DatabaseTransaction, type Engine, failureTexts } from './engine.ts';

const worksPerCommit = 64;
/** How long works join a commit that another requester waits for too. */
const sharedCommitMs = 15;
const runsPerWork = 4;

/**
 * Runs a work inside the transaction; rejects when what it did must be undone.
 * `isApart`: where it succeeds, it is not over before all that it sent has been answered.
 */
export type TransactionalWork = (transaction: DatabaseTransaction, isApart: boolean) => Promise<unknown>;

interface Waiting {
  /** In the order in which they came. */
  readonly number: number;
  readonly requester: string;
  readonly work: TransactionalWork;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  runs: number;
  /** One of those that it was run together with failed, or it itself did. */
  apart: boolean;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

export class WriteQueue {
  readonly #engine: Pick<Engine, 'begin'>;
  readonly #watch: StoreWatch | undefined;
  readonly #insideWork = new AsyncLocalStorage<true>();
  #queue: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #came = 0;

  constructor(engine: Pick<Engine, 'begin'>, watch?: StoreWatch) {
    this.#engine = engine;
    this.#watch = watch;
  }

  /** How many wait for their commit to begin. */
  get waiting(): number {
    return this.#queue.length;
  }

  run(work: TransactionalWork): Promise<unknown> {
    if (this.#insideWork.getStore() === true) {
      return Promise.reject(new Error('A write inside a write would wait for itself for ever'));
    }
    // The queue runs in the context of whoever found it empty; each work belongs in that of its own caller.
    const inCallersContext = AsyncLocalStorage.snapshot();
    return new Promise((resolve, reject) => {
      const inContext: TransactionalWork = (transaction, isApart) =>
        inCallersContext(() => this.#insideWork.run(true, () => work(transaction, isApart)));
      const requester = currentRequester();
      const number = ++this.#came;
      this.#queue.push({ number, requester, work: inContext, resolve, reject, runs: 0, apart: false });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when all that was waiting is done. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      // Lets the requests that arrived in this turn of the event loop join the same commit.
      await setImmediate();
      const again = await commitTogether(this.#engine, new Batch(this.#queue, this.#came), this.#watch);
      this.#queue = [...again, ...this.#queue];
    }
    this.#draining = undefined;
  }
}

/**
 * The works of one commit. They are taken one at a time: a requester who comes meanwhile still joins with one work, and so
 * does not wait for another commit behind all of these.
 */
class Batch {
  readonly works: Waiting[] = [];
  readonly #queue: Waiting[];
  readonly #worksOf = new Map<string, number>();
  readonly #startedAt = performance.now();
  readonly #lastNumber: number;
  /** Of those that wait at the begin; what comes later was never run before. */
  readonly hasApart: boolean;

  constructor(queue: Waiting[], lastNumber: number) {
    this.#queue = queue;
    this.#lastNumber = lastNumber;
    this.hasApart = queue.some(({ apart }) => apart);
  }

  /** The first work of the requester who has the fewest in this commit. Undefined where the commit is to begin. */
  next(): Waiting | undefined {
    if (this.works.length >= worksPerCommit) return undefined;
    const isShared = this.#worksOf.size > 1;
    if (isShared && performance.now() - this.#startedAt >= sharedCommitMs) return undefined;
    let next: Waiting | undefined;
    for (const waiting of this.#queue) {
      if (waiting.number > this.#lastNumber && this.#countOf(waiting) > 0) continue;
      if (!next || this.#countOf(waiting) < this.#countOf(next)) next = waiting;
    }
    if (!next) return undefined;
    this.#queue.splice(this.#queue.indexOf(next), 1);
    this.#worksOf.set(next.requester, this.#countOf(next) + 1);
    this.works.push(next);
    return next;
  }

  /** The commit did not begin: they fail together. */
  takeAll(): void {
    while (this.next());
  }

  get isLast(): boolean {
    return this.#queue.length === 0;
  }

  #countOf({ requester }: Waiting): number {
    return this.#worksOf.get(requester) ?? 0;
  }
}

/** Answers every work of the batch but those it returns, which are to be run from the start. */
async function commitTogether(
  engine: Pick<Engine, 'begin'>,
  batch: Batch,
  watch: StoreWatch | undefined,
): Promise<readonly Waiting[]> {
  const outcomes = new Map<Waiting, Outcome>();
  let failure: unknown;
  try {
    const transaction = await engine.begin('write').catch((error: unknown) => {
      batch.takeAll();
      throw error;
    });
    const isApart = !transaction.isAway || batch.hasApart;
    try {
      await runAll(transaction, { batch, isApart }, outcomes);
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
    const kept = [...outcomes.values()].filter((outcome) => 'value' in outcome);
    if (!isApart && kept.length < batch.works.length && batch.works.length > 1) {
      await transaction.rollback();
      return eachApart(batch.works);
    }
    if (kept.length > 0) {
      faultPoints.beforeCommit.publish(undefined);
      const startedAt = performance.now();
      try {
        await transaction.commit();
      } catch (error) {
        if (!isApart && transaction.undone) return eachApart(batch.works);
        throw error;
      }
      watch?.committed({ writes: kept.length, seconds: (performance.now() - startedAt) / 1000 });
      faultPoints.afterCommit.publish(undefined);
    } else {
      await transaction.rollback();
    }
  } catch (error) {
    failure = error;
  }
  const hasStarted = batch.works.some((waiting) => outcomes.has(waiting));
  return batch.works.filter((waiting) => {
    const outcome = outcomes.get(waiting) ?? { error: failure };
    if (hasStarted && !outcomes.has(waiting)) return true;
    return !settle(waiting, 'value' in outcome && failure !== undefined ? { error: failure } : outcome);
  });
}

/** To be run again; this time the failure of one can not be taken for that of another, nor undo it. */
function eachApart(batch: readonly Waiting[]): readonly Waiting[] {
  for (const waiting of batch) waiting.apart = true;
  return batch;
}

/** @throws when the transaction as a whole can not go on */
async function runAll(
  transaction: DatabaseTransaction,
  { batch, isApart }: { readonly batch: Batch; readonly isApart: boolean },
  outcomes: Map<Waiting, Outcome>,
): Promise<void> {
  for (let waiting = batch.next(); waiting; waiting = batch.next()) {
    const isAlone = batch.works.length === 1 && batch.isLast;
    const hasSavepoint = isApart && !isAlone;
    if (hasSavepoint) {
      try {
        transaction.step('savepoint work');
      } catch (error) {
        outcomes.set(waiting, { error });
        throw error;
      }
    }
    const outcome = await attempt(waiting.work, transaction, isApart);
    outcomes.set(waiting, outcome);
    if (transaction.lost) throw 'error' in outcome ? outcome.error : transactionLost();
    // Without a savepoint the whole transaction is undone.
    if (!hasSavepoint && 'error' in outcome) return;
    if (hasSavepoint) {
      if ('error' in outcome) transaction.step('rollback to savepoint work');
      transaction.step('release savepoint work');
    }
  }
}

async function attempt(
  work: TransactionalWork,
  transaction: DatabaseTransaction,
  isApart: boolean,
): Promise<Outcome> {
  try {
    return { value: await work(transaction, isApart) };
  } catch (error) {
    return { error };
  }
}

/** Returns false where the database asks for the same work again. */
function settle(waiting: Waiting, outcome: Outcome): boolean {
  if ('value' in outcome) {
    waiting.resolve(outcome.value);
    return true;
  }
  const { error } = outcome;
  waiting.runs += 1;
  if (error instanceof DatabaseFailure && error.again && waiting.runs < runsPerWork) return false;
  waiting.reject(error);
  return true;
}

function transactionLost(): DatabaseFailure {
  return new DatabaseFailure('unavailable', {
    publicText: failureTexts.unwritable,
    detail: 'the transaction was lost',
  });
}
