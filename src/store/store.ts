// The store: the only SQL in the program, behind the interfaces that the rooms own. It speaks inside
// transactions only, decides nothing about what may be stored, and refuses a schema newer than itself.
// Everything private reaches it sealed.

import type { StoreWatch } from '../metrics/store-watch.ts';
import type { DataKeyLearner } from '../sealing/data-key-store.ts';
import type { Integrity } from '../sealing/integrity.ts';
import type { SharedStore } from '../unit-of-work.ts';
import { DatabaseFailure, type DatabaseTransaction, type Engine, failureTexts } from './engine.ts';
import type { StoreKeys } from './integrity/row-guard.ts';
import { Lease } from './lease.ts';
import { migrate } from './migrations/migrate.ts';
import type { Nouns } from './nouns/nouns.ts';
import { openSqlite } from './sqlite/sqlite.ts';
import { workRunner } from './work-runner.ts';
import { WriteQueue } from './write-queue.ts';

export type { Nouns } from './nouns/nouns.ts';

export interface Store extends SharedStore<Nouns> {
  /** From here on rows that are deployed get a MAC, and those without a right one read as altered. */
  protect(integrity: Integrity): void;
  /** From here on a sealed value that is read can be opened, however new its data key is. */
  learnDataKeys(learner: DataKeyLearner): void;
  /** Waits for what is under way; what comes later is refused. */
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

/** What the operator is told when the database itself was the reason. */
export function openingFailure(options: StoreOptions, error: unknown): unknown {
  if (!(error instanceof DatabaseFailure)) return error;
  const place =
    options.kind === 'sqlite' ? `The database file ${options.path}` : 'The database of KEYPLANE_DATABASE_URL';
  return new Error(`${place} can not be opened (${error.detail})`);
}

/** The client of PostgreSQL is loaded only where it is used. */
export async function openEngine(options: StoreOptions): Promise<Engine> {
  if (options.kind === 'sqlite') return openSqlite(options);
  const { openPostgres } = await import('./postgres/postgres.ts');
  return openPostgres(options.url);
}

/** Two of them may lock the same rows in another order; the database then ends one and has it run again. */
const runsPerAside = 4;

async function writeAside<T>(
  engine: Engine,
  work: (transaction: DatabaseTransaction) => Promise<T>,
  runs = 1,
): Promise<T> {
  const transaction = await engine.begin('aside');
  let done: T;
  try {
    done = await work(transaction);
  } catch (error) {
    await transaction.rollback();
    if (!(error instanceof DatabaseFailure && error.again) || runs >= runsPerAside) throw error;
    return writeAside(engine, work, runs + 1);
  }
  await transaction.commit();
  return done;
}

/** For engines whose schema is up to date. */
export function storeOver(engine: Engine, watch?: StoreWatch): Store {
  const keys: StoreKeys = {};
  const { within, withinGroup } = workRunner(engine, keys);
  const writes = new WriteQueue(engine, watch);
  watch?.opened(() => ({ waitingWrites: writes.waiting, connections: engine.connections?.() }));
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;

  async function readOnce<T>(work: (nouns: Nouns) => Promise<T>): Promise<T> {
    const transaction = await engine.begin('read');
    try {
      return await within(new Lease(transaction), work);
    } finally {
      await transaction.rollback();
      // Neither a client nor a node is told of what a power cut could still take back.
      await transaction.durable();
    }
  }

  function writeOnce<T>(work: (nouns: Nouns) => Promise<T>): Promise<T> {
    return writes.run((transaction, isApart) => withinGroup(transaction, work, isApart)) as Promise<T>;
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
    read: (work) => track(() => readOnce(work)),
    write: (work) => track(() => writeOnce(work)),
    aside: (work) =>
      track(() =>
        engine.isShared
          ? writeAside(engine, (transaction) => within(new Lease(transaction), work))
          : writeOnce(work),
      ),
    protect(integrity) {
      keys.integrity = integrity;
    },
    learnDataKeys(learner) {
      keys.dataKeys = learner;
    },
    isShared: engine.isShared,
    listen: (onWake) => engine.listen(onWake),
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
