// The one writer. Works that wait at the same moment are run one after another in one transaction, each under
// a savepoint of its own, and share one commit: the disk is waited for once instead of once each.
// No work is answered before that commit, so none is told of a change that a crash could take back.

import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import type { StoreWatch } from '../metrics/store-watch.ts';
import { moments } from '../moments.ts';
import { DatabaseFailure, type DatabaseTransaction, type Engine, failureTexts } from './engine.ts';

const worksPerCommit = 64;
const runsPerWork = 4;

/** Runs a work inside the transaction; rejects when what it did must be undone. */
export type TransactionalWork = (transaction: DatabaseTransaction) => Promise<unknown>;

interface Waiting {
  readonly work: TransactionalWork;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  runs: number;
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
      const inContext: TransactionalWork = (transaction) =>
        inCallersContext(() => this.#insideWork.run(true, () => work(transaction)));
      this.#queue.push({ work: inContext, resolve, reject, runs: 0 });
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
    try {
      await runAll(transaction, batch, outcomes);
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
    const kept = [...outcomes.values()].filter((outcome) => 'value' in outcome);
    if (kept.length > 0) {
      moments.beforeCommit.publish(undefined);
      const startedAt = performance.now();
      await transaction.commit();
      watch?.committed({ writes: kept.length, seconds: (performance.now() - startedAt) / 1000 });
      moments.afterCommit.publish(undefined);
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

/** @throws when the transaction as a whole can not go on */
async function runAll(
  transaction: DatabaseTransaction,
  batch: readonly Waiting[],
  outcomes: Map<Waiting, Outcome>,
): Promise<void> {
  for (const waiting of batch) {
    if (batch.length > 1) {
      try {
        transaction.step('savepoint work');
      } catch (error) {
        outcomes.set(waiting, { error });
        throw error;
      }
    }
    const outcome = await attempt(transaction, waiting.work);
    outcomes.set(waiting, outcome);
    if (transaction.lost) throw 'error' in outcome ? outcome.error : transactionLost();
    if (batch.length > 1) {
      if ('error' in outcome) transaction.step('rollback to savepoint work');
      transaction.step('release savepoint work');
    }
  }
}

async function attempt(transaction: DatabaseTransaction, work: TransactionalWork): Promise<Outcome> {
  try {
    return { value: await work(transaction) };
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
