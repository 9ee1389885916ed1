// The one writer. Works that wait at the same moment are run one after another in one transaction, each under
// a savepoint of its own, and share one commit: the disk is waited for once instead of once each.
// No work is answered before that commit, so none is told of a change that a crash could take back.
// A database that is away is first trusted to take them all: without savepoints, and without waiting for what nobody needs
// an answer of. Where anything fails, all of it is rolled back and run again with each work apart from the others.

import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import type { StoreWatch } from '../metrics/store-watch.ts';
import { faultPoints } from '../runtime/fault-points.ts';
import { DatabaseFailure, type DatabaseTransaction, type Engine, failureTexts } from './engine.ts';

const worksPerCommit = 64;
const runsPerWork = 4;

/**
 * Runs a work inside the transaction; rejects when what it did must be undone.
 * `isApart`: where it succeeds, it is not over before all that it sent has been answered.
 */
export type TransactionalWork = (transaction: DatabaseTransaction, isApart: boolean) => Promise<unknown>;

interface Waiting {
  readonly work: TransactionalWork;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  runs: number;
  /** One of those that it was run together with failed, or it itself did. */
  apart: boolean;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

export class WriteQueue {
  readonly #engine: Engine;
  readonly #watch: StoreWatch | undefined;
  readonly #insideWork = new AsyncLocalStorage<true>();
  #queue: Waiting[] = [];
  #draining: Promise<void> | undefined;

  constructor(engine: Engine, watch?: StoreWatch) {
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
      this.#queue.push({ work: inContext, resolve, reject, runs: 0, apart: false });
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
      const batch = this.#queue.splice(0, worksPerCommit);
      const again = await commitTogether(this.#engine, batch, this.#watch);
      this.#queue = [...again, ...this.#queue];
    }
    this.#draining = undefined;
  }
}

/** Answers every work of the batch but those it returns, which are to be run from the start. */
async function commitTogether(
  engine: Engine,
  batch: readonly Waiting[],
  watch: StoreWatch | undefined,
): Promise<readonly Waiting[]> {
  const outcomes = new Map<Waiting, Outcome>();
  let failure: unknown;
  try {
    const transaction = await engine.begin('write');
    const isApart = !transaction.isAway || batch.some(({ apart }) => apart);
    try {
      await runAll(transaction, { batch, isApart }, outcomes);
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
    const kept = [...outcomes.values()].filter((outcome) => 'value' in outcome);
    if (!isApart && kept.length < batch.length && batch.length > 1) {
      await transaction.rollback();
      return eachApart(batch);
    }
    if (kept.length > 0) {
      faultPoints.beforeCommit.publish(undefined);
      const startedAt = performance.now();
      try {
        await transaction.commit();
      } catch (error) {
        if (!isApart && transaction.undone) return eachApart(batch);
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
  const hasStarted = batch.some((waiting) => outcomes.has(waiting));
  return batch.filter((waiting) => {
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
  { batch, isApart }: { readonly batch: readonly Waiting[]; readonly isApart: boolean },
  outcomes: Map<Waiting, Outcome>,
): Promise<void> {
  const hasSavepoints = isApart && batch.length > 1;
  for (const waiting of batch) {
    if (hasSavepoints) {
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
    if (!isApart && 'error' in outcome) return;
    if (hasSavepoints) {
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
