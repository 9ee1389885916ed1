import { Poller } from '../runtime/poller.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { Lease } from './lease.ts';
import type { LeaseStores } from './lease-store.ts';

/** A task that removes data that is no longer needed, in small steps so that requests are not delayed. */
export interface MaintenanceStep<Stores> {
  /** How many one run may remove. */
  readonly limit: number;
  /** Runs in its own transaction. Returns how many rows it removed; fewer than the limit when it is done. */
  prune(stores: Stores, limit: number): Promise<number>;
}

export interface MaintenanceOptions<Stores extends LeaseStores> {
  readonly store: UnitOfWork<Stores>;
  readonly lease: Lease;
  readonly steps: readonly MaintenanceStep<Stores>[];
  readonly onError: (error: unknown) => void;
}

const everyMs = 60_000;

/** Runs the steps once a minute on one of the managers. */
export class Maintenance<Stores extends LeaseStores> {
  readonly #options: MaintenanceOptions<Stores>;
  readonly #poller: Poller;

  constructor(options: MaintenanceOptions<Stores>) {
    this.#options = options;
    const { onError } = options;
    this.#poller = new Poller({ everyMs, poll: () => this.#run(), onError });
  }

  start(): void {
    this.#poller.start();
  }

  close(): Promise<void> {
    return this.#poller.close();
  }

  /** Does nothing where another manager does it. */
  run(): Promise<void> {
    return this.#poller.now();
  }

  async #run(): Promise<void> {
    const { store, lease, steps } = this.#options;
    if (!(await lease.take())) return;
    try {
      for (const { limit, prune } of steps) {
        let removed = limit;
        while (removed >= limit && !this.#poller.isClosed) {
          removed = await store.write(async (stores) => {
            await lease.requireHeld(stores);
            return prune(stores, limit);
          });
        }
      }
    } finally {
      await lease.release();
    }
  }
}
