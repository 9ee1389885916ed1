import type { WakeTopic } from '../unit-of-work.ts';
import type { DatabaseTransaction, Engine } from './engine.ts';
import type { StoreKeys } from './integrity/row-guard.ts';
import { createStores } from './tables/create-stores.ts';
import type { Stores } from './tables/stores.ts';
import type { TableContext, TransactionCache, WithinTurn } from './tables/table-context.ts';
import { databaseFactory, TransactionScope } from './transaction-scope.ts';
import { writableWithin } from './writable-within.ts';

type Callback<T> = (stores: Stores) => Promise<T>;

/** Writes of all users wait for each other, so a slow one delays all: together they are one requester of the event loop. */
const groupOfWrites = 'group of writes';

export interface TransactionRunner {
  /** Runs a callback with stores that are valid until it ends. */
  runAlone<T>(scope: TransactionScope, callback: Callback<T>): Promise<T>;
  /** The same for one of several writes in a transaction, which hand on what they know. */
  runInGroup<T>(transaction: DatabaseTransaction, callback: Callback<T>, options: GroupOptions): Promise<T>;
}

export interface GroupOptions {
  /** Where it succeeds, it is not over before all that it sent has been answered. */
  readonly isIsolated: boolean;
  /** Called for each topic that it changes. */
  readonly onChange: (topic: WakeTopic) => void;
  /** Of a transaction within projects. */
  readonly turn?: WithinTurn | undefined;
}

export function transactionRunner(engine: Engine, keys: StoreKeys): TransactionRunner {
  const databaseOf = databaseFactory(engine);
  const cacheOf = new WeakMap<DatabaseTransaction, TransactionCache>();

  async function run<T>(
    scope: TransactionScope,
    callback: Callback<T>,
    { cache, waits, onChange, ...place }: RunOptions,
  ): Promise<T> {
    const notify = (topic: WakeTopic) => {
      scope.notify(topic);
      onChange?.(topic);
    };
    let done: T;
    try {
      done = await callback(createStores(databaseOf(scope), { cache, notify, engine, keys, ...place }));
    } catch (error) {
      await scope.end();
      throw error;
    }
    await scope.end(waits);
    return done;
  }

  return {
    runAlone: (scope, callback) => run(scope, callback, { cache: {}, waits: true }),
    async runInGroup(transaction, callback, { isIsolated, onChange, turn }) {
      const cache = cacheOf.get(transaction) ?? {};
      cacheOf.set(transaction, cache);
      const before = { ...cache };
      try {
        const scope = new TransactionScope(transaction, {
          requireWritable: turn && writableWithin(turn),
          requester: groupOfWrites,
          begins: turn?.begins,
          defers: turn !== undefined && !isIsolated,
        });
        const isExclusive = turn === undefined;
        return await run(scope, callback, { cache, waits: isIsolated, onChange, turn, isExclusive });
      } catch (error) {
        // Its changes are rolled back, so its additions to the cache are wrong.
        cacheOf.set(transaction, before);
        throw error;
      }
    },
  };
}

interface RunOptions extends Pick<TableContext, 'cache' | 'turn' | 'isExclusive'> {
  readonly waits: boolean;
  readonly onChange?: GroupOptions['onChange'];
}
