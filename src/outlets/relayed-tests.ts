// Tests of outlets at nodes that are connected to another manager on the same database. The request is a row that the other
// manager is notified of; its answer comes back the same way. A notification that is lost is a test without an answer.

import type { OutletTestResult } from '../deployments/outlet-tests.ts';
import { newId } from '../new-id.ts';
import { singleFlight } from '../runtime/single-flight.ts';
import type { SharedStore } from '../unit-of-work.ts';

/** As the node answered the manager that it is connected to. */
export type RelayedResult = OutletTestResult;

export interface TestPlace {
  readonly environmentId: string;
  readonly nodeId: string;
  readonly outletId: string;
}

export interface RelayedTest extends TestPlace {
  readonly id: string;
  readonly askedAt: Date;
}

export interface RelayedTestStore {
  ask(test: RelayedTest): Promise<void>;
  /** Those without an answer. */
  open(limit: number): Promise<readonly RelayedTest[]>;
  /** Without effect where it was deleted. */
  answer(id: string, result: OutletTestResult): Promise<void>;
  /** By id. */
  answers(ids: readonly string[]): Promise<ReadonlyMap<string, OutletTestResult>>;
  delete(id: string): Promise<void>;
  /** A manager that was killed leaves them behind. */
  deleteBefore(time: Date): Promise<void>;
}

export interface RelayedTestStores {
  readonly relayedTests: RelayedTestStore;
}

export interface RelayOptions {
  readonly store: SharedStore<RelayedTestStores>;
  readonly clock: () => Date;
  /** Undefined: the node is not connected to this manager. */
  readonly testHere: (place: TestPlace) => Promise<OutletTestResult | undefined>;
  /** Of the whole exchange. */
  readonly timeoutMs: number;
  readonly onError: (error: unknown) => void;
}

/** Of this manager at a time; more are not asked. */
const mostAsked = 64;
const readAtOnce = 256;
const keptMs = 600_000;

export class RelayedTests {
  readonly #options: RelayOptions;
  readonly #asked = new Map<string, (result: OutletTestResult | undefined) => void>();
  readonly #running = new Set<string>();
  readonly #look: () => void;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#look = singleFlight(() => this.#lookAgain(), options.onError);
    options.store.listen((topic) => {
      if (topic === 'outlet-tests') this.#look();
    });
  }

  /** @returns undefined where no other manager has answered in time, or could be asked */
  async test(place: TestPlace): Promise<OutletTestResult | undefined> {
    const { store, clock, testHere, timeoutMs } = this.#options;
    const here = await testHere(place);
    if (here !== undefined || !store.isShared || this.#asked.size >= mostAsked) return here;
    const id = newId();
    const { promise, resolve } = Promise.withResolvers<OutletTestResult | undefined>();
    this.#asked.set(id, resolve);
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    try {
      const askedAt = clock();
      await store.write(async ({ relayedTests }) => {
        await relayedTests.deleteBefore(new Date(askedAt.getTime() - keptMs));
        await relayedTests.ask({ ...place, id, askedAt });
      });
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#asked.delete(id);
      await store.write(({ relayedTests }) => relayedTests.delete(id));
    }
  }

  async #lookAgain(): Promise<void> {
    const asked = [...this.#asked.keys()];
    const { open, answers } = await this.#options.store.read(async ({ relayedTests }) => ({
      open: await relayedTests.open(readAtOnce),
      answers: await relayedTests.answers(asked),
    }));
    for (const [id, result] of answers) this.#asked.get(id)?.(result);
    for (const test of open) {
      if (this.#asked.has(test.id) || this.#running.has(test.id)) continue;
      this.#running.add(test.id);
      this.#answer(test)
        .catch(this.#options.onError)
        .finally(() => this.#running.delete(test.id));
    }
  }

  /** Nothing where the node is not connected here. */
  async #answer({ id, environmentId, nodeId, outletId }: RelayedTest): Promise<void> {
    const { store, testHere } = this.#options;
    const result = await testHere({ environmentId, nodeId, outletId });
    if (result === undefined) return;
    await store.write(({ relayedTests }) => relayedTests.answer(id, result));
  }
}
