import type { WakeTopic } from '../unit-of-work.ts';
import type { DatabaseTransaction, Engine } from './engine.ts';
import type { StoreKeys } from './integrity/row-guard.ts';
import { createStores } from './tables/create-stores.ts';
import type { Stores } from './tables/stores.ts';
import type { TransactionCache } from './tables/table-context.ts';
import { databaseFactory, TransactionScope } from './transaction-scope.ts';

type Callback<T> = (stores: Stores) => Promise<T>;

export interface TransactionRunner {
  /** Runs a callback with stores that are valid until it ends. */
  runAlone<T>(scope: TransactionScope, callback: Callback<T>): Promise<T>;
  /**
   * The same for one of several works in a transaction, which hand on what they know.
   * @param isApart where it succeeds, it is not over before all that it sent has been answered
   */
  runInGroup<T>(transaction: DatabaseTransaction, callback: Callback<T>, isIsolated: boolean): Promise<T>;
}

export function transactionRunner(engine: Engine, keys: StoreKeys): TransactionRunner {
  const databaseOf = databaseFactory(engine);
  const cacheOf = new WeakMap<DatabaseTransaction, TransactionCache>();

  async function run<T>(
    scope: TransactionScope,
    callback: Callback<T>,
    { cache, waits }: { readonly cache: TransactionCache; readonly waits: boolean },
  ): Promise<T> {
    const notify = (topic: WakeTopic) => scope.notify(topic);
    let done: T;
    try {
      done = await callback(createStores(databaseOf(scope), { cache, notify, engine, keys }));
    } catch (error) {
      await scope.end();
      throw error;
    }
    await scope.end(waits);
    return done;
  }

  return {
    runAlone: (scope, callback) => run(scope, callback, { cache: {}, waits: true }),
    async runInGroup(transaction, callback, isIsolated) {
      const cache = cacheOf.get(transaction) ?? {};
      cacheOf.set(transaction, cache);
      const before = { ...cache };
      try {
        return await run(new TransactionScope(transaction), callback, { cache, waits: isIsolated });
      } catch (error) {
        // Its changes are rolled back, so its additions to the cache are wrong.
        cacheOf.set(transaction, before);
        throw error;
      }
    },
  };
}
