// Leases: which manager does a piece of scheduled work. A holder has it until it expires by the
// database's clock, with a fence that grows with every holder. A manager that was paused or cut off may not know that it lost its lease,
// so every write under one looks at the fence in its own transaction: then a late one is refused, not done twice.

import { KeyplaneError } from '../errors.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { LeaseStores } from './lease-store.ts';

export interface LeaseOptions {
  readonly store: UnitOfWork<LeaseStores>;
  readonly name: string;
  /** The manager's id. */
  readonly holder: string;
  /** How long others wait for a holder that fell silent. */
  readonly ttlMs?: number;
  readonly onError: (error: unknown) => void;
}

const defaultTtlMs = 15_000;

/** One statement decides, so writes of projects go on meanwhile. */
const ofNoProject: readonly string[] = [];

export class Lease {
  readonly name: string;
  readonly #options: LeaseOptions;
  readonly #ttlMs: number;
  #fence: number | undefined;
  #renewal: NodeJS.Timeout | undefined;

  constructor(options: LeaseOptions) {
    this.name = options.name;
    this.#options = options;
    this.#ttlMs = options.ttlMs ?? defaultTtlMs;
  }

  /** As far as this manager knows; only `requireHeld` is sure. */
  get isHeld(): boolean {
    return this.#fence !== undefined;
  }

  /** Of the holder, as far as this manager knows. */
  get fence(): number | undefined {
    return this.#fence;
  }

  /** Holds it from here on until `release`. False while another manager does. */
  async take(): Promise<boolean> {
    const { store, name, holder } = this.#options;
    if (this.#fence !== undefined) return true;
    // A look costs no commit, and usually another manager has it.
    if (await store.read((stores) => stores.leases.isHeld(name))) return false;
    this.#fence = await store.write(
      (stores) => stores.leases.acquire(name, holder, this.#ttlMs),
      ofNoProject,
    );
    if (this.#fence !== undefined) this.#renewLater(this.#fence);
    return this.#fence !== undefined;
  }

  /**
   * First of all in a transaction that does the work of the lease.
   * @throws KeyplaneError `conflict` when it was lost
   */
  async requireHeld(stores: LeaseStores): Promise<void> {
    const fence = this.#fence;
    if (fence !== undefined && (await stores.leases.stillHeld(this.name, fence))) return;
    this.#lose(fence);
    throw new KeyplaneError('conflict', 'Another manager does this work now', {
      detail: `the lease ${this.name} was lost`,
    });
  }

  /** Another manager may take it at once. */
  async release(): Promise<void> {
    const fence = this.#fence;
    if (fence === undefined) return;
    this.#lose(fence);
    await this.#options.store.write((stores) => stores.leases.release(this.name, fence), ofNoProject);
  }

  #renewLater(fence: number): void {
    this.#renewal = setTimeout(() => {
      this.#renew(fence).catch(this.#options.onError);
    }, this.#ttlMs / 3);
    this.#renewal.unref();
  }

  async #renew(fence: number): Promise<void> {
    try {
      const renewed = await this.#options.store.write(
        (stores) => stores.leases.renew(this.name, fence, this.#ttlMs),
        ofNoProject,
      );
      if (!renewed) this.#lose(fence);
    } finally {
      // Also where the database was unreachable: a write checks whether the lease is still held.
      if (this.#fence === fence) this.#renewLater(fence);
    }
  }

  #lose(fence: number | undefined): void {
    if (this.#fence !== fence) return;
    clearTimeout(this.#renewal);
    this.#fence = undefined;
  }
}
