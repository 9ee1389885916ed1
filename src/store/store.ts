// The store: the only SQL in the program, behind the interfaces that the rooms own. Every statement runs in a
// transaction. The store does not decide what may be stored, and it rejects a schema that is newer than its own.
// Private data reaches it sealed.

import type { StoreWatch } from '../metrics/store-watch.ts';
import { faultPoints } from '../runtime/fault-points.ts';
import type { DataKeyLearner } from '../sealing/data-key-store.ts';
import type { Integrity } from '../sealing/integrity.ts';
import type { SharedStore, WakeTopic } from '../unit-of-work.ts';
import { DatabaseFailure, type DatabaseTransaction, type Engine, failureTexts } from './engine.ts';
import type { OpenAuditRecords, StoreKeys } from './integrity/row-guard.ts';
import { migrate } from './migrations/migrate.ts';
import { openSqlite } from './sqlite/sqlite.ts';
import type { Stores } from './tables/stores.ts';
import { transactionRunner } from './transaction-runner.ts';
import { TransactionScope } from './transaction-scope.ts';
import { WriteQueue } from './write-queue.ts';

export type { Stores } from './tables/stores.ts';

export interface Store extends SharedStore<Stores> {
  /** From now on deployed rows get a MAC, and rows whose MAC does not match read as altered. */
  protect(integrity: Integrity): void;
  /** From here on a sealed value that is read can be opened, however new its data key is. */
  learnDataKeys(learner: DataKeyLearner): void;
  /** From here on open audit records can be put into the chain. */
  closeAuditWith(audit: OpenAuditRecords): void;
  /** Waits for running transactions; later calls are rejected. */
  close(): Promise<void>;
  /** @throws KeyplaneError `unavailable` when the database does not answer */
  ping(): Promise<void>;
}

export type StoreOptions =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

/**
 * Opens the database and brings its schema up to date.
 * @throws Error with one line for the operator
 */
export async function openStore(options: StoreOptions, watch?: StoreWatch): Promise<Store> {
  try {
    const engine = await openEngine(options);
    try {
      await migrate(engine);
    } catch (error) {
      await engine.close();
      throw error;
    }
    return storeOver(engine, watch);
  } catch (error) {
    throw openingFailure(options, error);
  }
}

/** The error for the operator when the database itself is the cause. */
export function openingFailure(options: StoreOptions, error: unknown): unknown {
  if (!(error instanceof DatabaseFailure)) return error;
  const place =
    options.kind === 'sqlite' ? `The database file ${options.path}` : 'The database of KEYPLANE_DATABASE_URL';
  return new Error(`${place} can not be opened (${error.detail})`);
}

/** The PostgreSQL client is loaded only where it is used. */
export async function openEngine(options: StoreOptions): Promise<Engine> {
  if (options.kind === 'sqlite') return openSqlite(options);
  const { openPostgres } = await import('./postgres/postgres.ts');
  return openPostgres(options.url);
}

/** Two of them may lock the same rows in a different order: the database aborts one (deadlock), which is retried. */
const runsPerAsyncCommit = 4;

async function writeWithAsyncCommit<T>(
  engine: Engine,
  callback: (transaction: DatabaseTransaction) => Promise<T>,
  runs = 1,
): Promise<T> {
  const transaction = await engine.begin('asyncCommit');
  let done: T;
  try {
    done = await callback(transaction);
  } catch (error) {
    await transaction.rollback();
    if (!(error instanceof DatabaseFailure && error.again) || runs >= runsPerAsyncCommit) throw error;
    return writeWithAsyncCommit(engine, callback, runs + 1);
  }
  await transaction.commit();
  return done;
}

/** For engines whose schema is up to date. */
export function storeOver(engine: Engine, watch?: StoreWatch): Store {
  const keys: StoreKeys = {};
  const { runAlone, runInGroup } = transactionRunner(engine, keys);
  const writes = new WriteQueue(engine, watch);
  watch?.opened(() => ({ waitingWrites: writes.waiting, connections: engine.connections?.() }));
  const underWay = new Set<Promise<unknown>>();
  const listeners: ((topic: WakeTopic) => void)[] = [];
  const observers: ((topic: WakeTopic) => void)[] = [];
  let isClosed = false;

  async function readOnce<T>(callback: (stores: Stores) => Promise<T>): Promise<T> {
    const transaction = await engine.begin('read');
    try {
      return await runAlone(new TransactionScope(transaction), callback);
    } finally {
      await transaction.rollback();
      // Clients and nodes never see data that a power cut could undo.
      await transaction.durable();
    }
  }

  async function writeOnce<T>(
    callback: (stores: Stores) => Promise<T>,
    within?: readonly string[],
  ): Promise<T> {
    const changed = new Set<WakeTopic>();
    const onChange = (topic: WakeTopic) => changed.add(topic);
    try {
      return (await writes.run(
        (transaction, isIsolated, turn) => runInGroup(transaction, callback, { isIsolated, onChange, turn }),
        within,
      )) as T;
    } finally {
      for (const topic of changed) for (const observer of observers) observer(topic);
    }
  }

  /** All who listen share one connection. */
  function listen(onWake: (topic: WakeTopic) => void): void {
    listeners.push(onWake);
    if (listeners.length > 1) return;
    engine.listen((topic) => {
      for (const listener of listeners) listener(topic);
    });
  }

  /** Not in the queue: no write of this manager waits for it. Two that run at once wait for the head's row. */
  async function closeOnce(close: (stores: Stores) => Promise<void>): Promise<void> {
    if (!engine.isShared) return writeOnce(close);
    const transaction = await engine.begin('within', []);
    try {
      const turn = { projectId: undefined, closes: true, lockTogether: async () => [] };
      await runInGroup(transaction, close, { isIsolated: true, onChange() {}, turn });
      faultPoints.beforeClosing.publish(undefined);
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
    await transaction.commit();
    faultPoints.afterClosing.publish(undefined);
  }

  function track<T>(start: () => Promise<T>): Promise<T> {
    if (isClosed) {
      return Promise.reject(
        new DatabaseFailure('unavailable', {
          publicText: failureTexts.closed,
          detail: 'the store is closed',
        }),
      );
    }
    const running = start();
    const forget = () => underWay.delete(running);
    underWay.add(running);
    running.then(forget, forget);
    return running;
  }

  return {
    read: (callback) => track(() => readOnce(callback)),
    write: (callback, within) => track(() => writeOnce(callback, within)),
    closeAuditRecords: () =>
      track(async () => {
        const { audit } = keys;
        if (audit !== undefined) await closeOnce((stores) => audit.close(stores));
      }),
    closeAuditWith(audit) {
      keys.audit = audit;
    },
    asyncCommit: (callback) =>
      track(() =>
        engine.isShared
          ? writeWithAsyncCommit(engine, (transaction) =>
              runAlone(new TransactionScope(transaction), callback),
            )
          : writeOnce(callback),
      ),
    protect(integrity) {
      keys.integrity = integrity;
    },
    learnDataKeys(learner) {
      keys.dataKeys = learner;
    },
    isShared: engine.isShared,
    listen,
    observe: (onChange) => void observers.push(onChange),
    changeMark: () => (isClosed ? undefined : engine.changeMark?.()),
    ping: () => track(() => engine.ping()),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await Promise.allSettled(underWay);
      await writes.idle();
      await engine.close();
    },
  };
}
