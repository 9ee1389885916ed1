import type { EnvironmentStores } from '../../environments/environment-store.ts';
import type { SharedStore } from '../../unit-of-work.ts';

/** Others regard a manager as stopped after five missed heartbeats. */
const beatEveryMs = 1_000;

export interface PresenceOptions {
  /** New at each start: what an earlier process recorded as its own is not this one's. */
  readonly managerId: string;
  readonly version: string;
  readonly store: SharedStore<Pick<EnvironmentStores, 'managers'>>;
  readonly onError: (error: unknown) => void;
}

/** Shows the other managers on this database that this one is alive, and tracks whether there are any. */
export class Presence {
  readonly #options: PresenceOptions;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #isAlone = true;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  get managerId(): string {
    return this.#options.managerId;
  }

  /** No other manager was seen alive at the last beat. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  /** Resolves once the others can see it. @throws what the store throws */
  async enter(): Promise<void> {
    const { store } = this.#options;
    await store.asyncCommit(({ managers }) => managers.enter());
    await this.#beat();
    // A manager that does not share its database would write to the disk every second without need.
    if (!store.isShared) return;
    this.#timer = setInterval(() => {
      // A beat that hangs is not followed by a queue of others.
      this.#beating ??= this.#beat()
        .catch(this.#options.onError)
        .finally(() => {
          this.#beating = undefined;
        });
    }, beatEveryMs);
    this.#timer.unref();
  }

  async #beat(): Promise<void> {
    const { store, managerId: id, version } = this.#options;
    const alive = await store.asyncCommit(async ({ managers }) => {
      await managers.beat({ id, version });
      return managers.alive();
    });
    this.#isAlone = alive.every((other) => other === id);
  }

  /** Without it, the others would wait for it a while. */
  async leave(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    const { store, managerId, onError } = this.#options;
    await store.asyncCommit(({ managers }) => managers.delete(managerId)).catch(onError);
  }
}
