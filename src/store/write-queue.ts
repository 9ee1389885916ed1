// The single writer (group commit). Writes that wait at the same time run one after another in one transaction, each
// under a savepoint, and share one commit, so that they share one wait for the disk.
// Requesters take turns within a commit, and a commit that several share begins soon, so that a hundred writes of one
// requester do not delay the write of another.
// No write resolves before that commit, so no caller sees a change that a crash could undo.
// On a remote database the first attempt is optimistic: it sets no savepoints and does not await statements without a
// result. If anything fails, the transaction is rolled back and every write runs again, isolated by a savepoint.
// Where every write that waits decides about one project only, the transaction excludes those of the same projects and
// no others. Each write then runs up to what writes of other projects could wait for. All that is locked together, and
// the writes end one after another: so the lock is held for a few round trips and the commit.

import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import type { StoreWatch } from '../metrics/store-watch.ts';
import { faultPoints } from '../runtime/fault-points.ts';
import { currentRequester, isTask } from '../runtime/requester.ts';
import {
  DatabaseFailure,
  type DatabaseTransaction,
  type Engine,
  failureTexts,
  RequiresExclusive,
} from './engine.ts';
import type { WithinTurn } from './tables/table-context.ts';

const writesPerCommit = 64;
const writesPerRead = 8;
/** How long writes may join a commit that another requester waits for too. */
const sharedCommitMs = 15;
const runsPerWrite = 4;

/**
 * Runs inside the transaction; rejects when its changes must be undone.
 * `isIsolated`: it resolves only after every statement that it sent has been answered.
 */
export type TransactionCallback = (
  transaction: DatabaseTransaction,
  isIsolated: boolean,
  turn?: WithinTurn,
) => Promise<unknown>;

interface Waiting {
  /** In order of arrival. */
  readonly number: number;
  readonly requester: string;
  readonly callback: TransactionCallback;
  /** The projects that it decides about; undefined for one that excludes all others. */
  within: readonly string[] | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  runs: number;
  /** It failed, or a write of the same commit did: it runs again under a savepoint. */
  isolated: boolean;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Only one that is shared has transactions within projects. */
export type QueuedEngine = Pick<Engine, 'begin'> & Partial<Pick<Engine, 'isShared'>>;

export class WriteQueue {
  readonly #engine: QueuedEngine;
  readonly #watch: StoreWatch | undefined;
  readonly #insideWrite = new AsyncLocalStorage<true>();
  #queue: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #arrivals = 0;

  constructor(engine: QueuedEngine, watch?: StoreWatch) {
    this.#engine = engine;
    this.#watch = watch;
  }

  /** Number of writes that wait for their commit to begin. */
  get waiting(): number {
    return this.#queue.length;
  }

  run(callback: TransactionCallback, within?: readonly string[]): Promise<unknown> {
    if (this.#insideWrite.getStore() === true) {
      return Promise.reject(new Error('A write inside a write would wait for itself for ever'));
    }
    // The queue runs in the async context of the caller that found it empty; each callback runs in that of its caller.
    const inCallersContext = AsyncLocalStorage.snapshot();
    return new Promise((resolve, reject) => {
      const inContext: TransactionCallback = (...given) =>
        inCallersContext(() => this.#insideWrite.run(true, () => callback(...given)));
      const requester = currentRequester();
      const number = ++this.#arrivals;
      this.#queue.push({
        number,
        requester,
        callback: inContext,
        within: this.#engine.isShared === true ? within : undefined,
        resolve,
        reject,
        runs: 0,
        isolated: false,
      });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when the queue is empty. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      // Lets the requests that arrived in this turn of the event loop join the same commit.
      await setImmediate();
      const again = await commitTogether(this.#engine, new Batch(this.#queue, this.#arrivals), this.#watch);
      this.#queue = [...again, ...this.#queue];
    }
    this.#draining = undefined;
  }
}

/**
 * The writes of one commit. They are taken one at a time: a requester that arrives meanwhile still joins with one write,
 * and so does not wait for the next commit.
 */
class Batch {
  readonly writes: Waiting[] = [];
  readonly #queue: Waiting[];
  readonly #writesOf = new Map<string, number>();
  readonly #startedAt = performance.now();
  readonly #lastNumber: number;
  /** Of the writes that wait at the beginning; later ones have not run before. */
  readonly hasIsolated: boolean;
  /** Undefined where one of the writes that wait excludes all others. */
  readonly projectIds: ReadonlySet<string> | undefined;

  constructor(queue: Waiting[], lastNumber: number) {
    this.#queue = queue;
    this.#lastNumber = lastNumber;
    this.hasIsolated = queue.some(({ isolated }) => isolated);
    const within = queue.flatMap((waiting) => waiting.within ?? []);
    const isExclusive = this.hasIsolated || queue.some((waiting) => waiting.within === undefined);
    this.projectIds = isExclusive ? undefined : new Set(within);
  }

  /**
   * The first write of the requester with the fewest in this commit. Undefined when the commit must begin: where one has no
   * more, another waits no longer for it than for about as many writes as its own.
   */
  next(): Waiting | undefined {
    if (this.writes.length >= writesPerCommit) return undefined;
    const isShared = this.#writesOf.size > 1;
    if (isShared && performance.now() - this.#startedAt >= sharedCommitMs) return undefined;
    let next: Waiting | undefined;
    for (const waiting of this.#queue) {
      if (waiting.number > this.#lastNumber && this.#countOf(waiting) > 0) continue;
      if (!this.#mayJoin(waiting)) continue;
      if (!next || this.#countOf(waiting) < this.#countOf(next)) next = waiting;
    }
    if (!next) return undefined;
    if (isShared && this.#countOf(next) > this.#fewestOfUsers()) return undefined;
    this.#queue.splice(this.#queue.indexOf(next), 1);
    this.#writesOf.set(next.requester, this.#countOf(next) + 1);
    this.writes.push(next);
    return next;
  }

  /** The next ones that read together: few, so that others join behind them. */
  some(): readonly Waiting[] {
    const writes: Waiting[] = [];
    while (writes.length < writesPerRead) {
      const next = this.next();
      if (next === undefined) break;
      writes.push(next);
    }
    return writes;
  }

  /** The projects were locked when the transaction began. */
  #mayJoin({ within }: Waiting): boolean {
    const locked = this.projectIds;
    return locked === undefined || (within?.every((id) => locked.has(id)) ?? false);
  }

  /** The transaction did not begin: all its writes fail together. */
  takeAll(): void {
    while (this.next());
  }

  get isLast(): boolean {
    return this.#queue.length === 0;
  }

  /** Of the users who write in this commit. No user waits for tasks of the manager, which write in most commits. */
  #fewestOfUsers(): number {
    let fewest = Number.POSITIVE_INFINITY;
    for (const [requester, count] of this.#writesOf) if (!isTask(requester)) fewest = Math.min(fewest, count);
    return fewest;
  }

  #countOf({ requester }: Waiting): number {
    return this.#writesOf.get(requester) ?? 0;
  }
}

/** Settles the writes of the batch. Returns those that must run again from the start. */
async function commitTogether(
  engine: QueuedEngine,
  batch: Batch,
  watch: StoreWatch | undefined,
): Promise<readonly Waiting[]> {
  const outcomes = new Map<Waiting, Outcome>();
  let failure: unknown;
  try {
    const { projectIds } = batch;
    const begun = projectIds === undefined ? engine.begin('write') : engine.begin('within', [...projectIds]);
    const transaction = await begun.catch((error: unknown) => {
      batch.takeAll();
      throw error;
    });
    const isIsolated = !transaction.isRemote || batch.hasIsolated;
    try {
      if (projectIds !== undefined) await runTogether(transaction, batch, outcomes);
      else await runAll(transaction, { batch, isIsolated }, outcomes);
      await transaction.begun.catch((error: unknown) => {
        batch.takeAll();
        outcomes.clear();
        throw error;
      });
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
    const kept = [...outcomes.values()].filter((outcome) => 'value' in outcome);
    if (!isIsolated && kept.length < batch.writes.length && batch.writes.length > 1) {
      await transaction.rollback();
      return retryIsolated(batch.writes);
    }
    if (kept.length > 0) {
      faultPoints.beforeCommit.publish(undefined);
      const startedAt = performance.now();
      try {
        await transaction.commit();
      } catch (error) {
        if (!isIsolated && transaction.undone) return retryIsolated(batch.writes);
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
  const hasStarted = batch.writes.some((waiting) => outcomes.has(waiting));
  return batch.writes.filter((waiting) => {
    const outcome = outcomes.get(waiting) ?? { error: failure };
    if (hasStarted && !outcomes.has(waiting)) return true;
    return !settle(waiting, 'value' in outcome && failure !== undefined ? { error: failure } : outcome);
  });
}

/** Each runs again under a savepoint, so that the failure of one neither hides nor undoes another. */
function retryIsolated(batch: readonly Waiting[]): readonly Waiting[] {
  for (const waiting of batch) waiting.isolated = true;
  return batch;
}

/** @throws when the transaction as a whole cannot continue */
async function runAll(
  transaction: DatabaseTransaction,
  { batch, isIsolated }: { readonly batch: Batch; readonly isIsolated: boolean },
  outcomes: Map<Waiting, Outcome>,
): Promise<void> {
  for (let waiting = batch.next(); waiting; waiting = batch.next()) {
    const isAlone = batch.writes.length === 1 && batch.isLast;
    const hasSavepoint = isIsolated && !isAlone;
    if (hasSavepoint) {
      try {
        transaction.step('savepoint write');
      } catch (error) {
        outcomes.set(waiting, { error });
        throw error;
      }
    }
    const outcome = await attempt(waiting.callback, transaction, isIsolated);
    outcomes.set(waiting, outcome);
    if (transaction.lost) throw 'error' in outcome ? outcome.error : transactionLost();
    // Without a savepoint the whole transaction is undone.
    if (!hasSavepoint && 'error' in outcome) return;
    if (hasSavepoint) {
      if ('error' in outcome) transaction.step('rollback to savepoint write');
      transaction.step('release savepoint write');
    }
  }
}

interface Started {
  readonly waiting: Waiting;
  readonly outcome: Promise<Outcome>;
  readonly begins: PromiseWithResolvers<void>;
  /** It waits for its lock. */
  readonly arrival: PromiseWithResolvers<undefined>;
  readonly gate: PromiseWithResolvers<readonly string[]>;
}

/**
 * Each up to its lock; then all that they lock together; then each to its end. Without savepoints. What they read first
 * is read for several of them at once, although each goes on only after those before it.
 */
async function runTogether(
  transaction: DatabaseTransaction,
  batch: Batch,
  outcomes: Map<Waiting, Outcome>,
): Promise<void> {
  const all: Started[] = [];
  const parked: Started[] = [];
  const wanted = new Set<string>();
  const succeeded = (waiting: Waiting, outcome: Outcome): boolean => {
    outcomes.set(waiting, outcome);
    if (transaction.lost) throw 'error' in outcome ? outcome.error : transactionLost();
    return 'value' in outcome;
  };
  try {
    for (let writes = batch.some(); writes.length > 0; writes = batch.some()) {
      const started = writes.map((waiting) => start(waiting, transaction, wanted));
      all.push(...started);
      for (const write of started) {
        write.begins.resolve();
        const ended = await Promise.race([write.outcome, write.arrival.promise]);
        if (ended === undefined) parked.push(write);
        else if (!succeeded(write.waiting, ended)) return;
      }
    }
    const environmentIds = [...wanted].sort();
    for (const { waiting, outcome, gate } of parked) {
      gate.resolve(environmentIds);
      if (!succeeded(waiting, await outcome)) return;
    }
  } finally {
    const failed = new Error('Another write of the same commit failed');
    for (const { begins, gate } of all) {
      begins.reject(failed);
      gate.reject(failed);
    }
    await Promise.all(all.map(({ outcome }) => outcome));
  }
}

function start(waiting: Waiting, transaction: DatabaseTransaction, wanted: Set<string>): Started {
  const begins = Promise.withResolvers<void>();
  const arrival = Promise.withResolvers<undefined>();
  const gate = Promise.withResolvers<readonly string[]>();
  for (const { promise } of [begins, gate]) promise.catch(() => undefined);
  const turn: WithinTurn = {
    projectId: waiting.within?.[0],
    begins: begins.promise,
    lockTogether(environmentIds) {
      for (const id of environmentIds) wanted.add(id);
      arrival.resolve(undefined);
      return gate.promise;
    },
  };
  return { waiting, outcome: attempt(waiting.callback, transaction, false, turn), begins, arrival, gate };
}

async function attempt(
  callback: TransactionCallback,
  transaction: DatabaseTransaction,
  isIsolated: boolean,
  turn?: WithinTurn,
): Promise<Outcome> {
  try {
    return { value: await callback(transaction, isIsolated, turn) };
  } catch (error) {
    return { error };
  }
}

/** Returns false where the database asks for a retry. */
function settle(waiting: Waiting, outcome: Outcome): boolean {
  if ('value' in outcome) {
    waiting.resolve(outcome.value);
    return true;
  }
  const { error } = outcome;
  waiting.runs += 1;
  if (error instanceof RequiresExclusive) waiting.within = undefined;
  if (error instanceof DatabaseFailure && error.again && waiting.runs < runsPerWrite) return false;
  waiting.reject(error);
  return true;
}

function transactionLost(): DatabaseFailure {
  return new DatabaseFailure('unavailable', {
    publicText: failureTexts.unwritable,
    detail: 'the transaction was lost',
  });
}
