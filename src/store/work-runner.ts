import type { WakeTopic } from '../unit-of-work.ts';
import type { DatabaseTransaction, Engine } from './engine.ts';
import type { StoreKeys } from './integrity/row-guard.ts';
import { databaseMaker, Lease } from './lease.ts';
import type { Nouns } from './nouns/nouns.ts';
import { nounsOver } from './nouns/nouns-over.ts';
import type { Carried } from './nouns/surroundings.ts';

type Work<T> = (nouns: Nouns) => Promise<T>;

export interface WorkRunner {
  /** Gives a work its nouns, and ends them with it. */
  within<T>(lease: Lease, work: Work<T>): Promise<T>;
  /**
   * The same for one of several works in a transaction, which hand on what they know.
   * @param isApart where it succeeds, it is not over before all that it sent has been answered
   */
  withinGroup<T>(transaction: DatabaseTransaction, work: Work<T>, isApart: boolean): Promise<T>;
}

export function workRunner(engine: Engine, keys: StoreKeys): WorkRunner {
  const databaseOf = databaseMaker(engine);
  const carriedIn = new WeakMap<DatabaseTransaction, Carried>();

  async function run<T>(
    lease: Lease,
    work: Work<T>,
    { carried, waits }: { readonly carried: Carried; readonly waits: boolean },
  ): Promise<T> {
    const notify = (topic: WakeTopic) => lease.notify(topic);
    let done: T;
    try {
      done = await work(nounsOver(databaseOf(lease), { carried, notify, engine, keys }));
    } catch (error) {
      await lease.end();
      throw error;
    }
    await lease.end(waits);
    return done;
  }

  return {
    within: (lease, work) => run(lease, work, { carried: {}, waits: true }),
    async withinGroup(transaction, work, isApart) {
      const carried = carriedIn.get(transaction) ?? {};
      carriedIn.set(transaction, carried);
      const before = { ...carried };
      try {
        return await run(new Lease(transaction), work, { carried, waits: isApart });
      } catch (error) {
        // What it did is undone, so what it knew is not so.
        carriedIn.set(transaction, before);
        throw error;
      }
    },
  };
}
