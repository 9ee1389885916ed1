import type { EnvironmentNodes, EnvironmentStores } from '../environments/environment-store.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

type Found = ReadonlyMap<string, EnvironmentNodes>;

/** Changes that were committed together read their environments and nodes together, in the next iteration of the event loop. */
export class DeployedNodes {
  readonly #store: UnitOfWork<Pick<EnvironmentStores, 'nodes'>>;
  #asked = new Set<string>();
  #next: Promise<Found> | undefined;

  constructor(store: UnitOfWork<Pick<EnvironmentStores, 'nodes'>>) {
    this.#store = store;
  }

  /** As they are after the call, by environment; may hold others too. @throws what the store throws */
  read(environmentIds: readonly string[]): Promise<Found> {
    for (const id of environmentIds) this.#asked.add(id);
    this.#next ??= new Promise((resolve) => {
      setImmediate(() => resolve(this.#readAsked()));
    });
    return this.#next;
  }

  async #readAsked(): Promise<Found> {
    const ids = [...this.#asked];
    this.#asked = new Set();
    this.#next = undefined;
    const found = await this.#store.read(({ nodes }) => nodes.deployedIn(ids));
    return new Map(found.map((environment) => [environment.environmentId, environment]));
  }
}
