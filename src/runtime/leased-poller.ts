import { IdleDetector } from './idle-detector.ts';
import { Poller, type PollerOptions } from './poller.ts';

export interface LeasedPollerOptions extends Omit<PollerOptions, 'isIdle'> {
  /** Of the database that is polled; see `IdleDetector`. */
  readonly store: { changeMark(): string | undefined };
  readonly clock?: () => Date;
  /** A poll comes after this time at the latest, in milliseconds. */
  readonly longestQuietMs?: number;
  /** `poll` takes it where it finds something to do. */
  readonly lease: { release(): Promise<void> };
}

/** Polls a database for work that one manager at a time does, and leaves out the polls that would find nothing. */
export class LeasedPoller {
  readonly #options: LeasedPollerOptions;
  readonly #poller: Poller;
  /** `poll` tells it when it begins, and that it found nothing. */
  readonly idle: IdleDetector;

  constructor(options: LeasedPollerOptions) {
    this.#options = options;
    const { store, clock = () => new Date(), longestQuietMs, everyMs, poll, onError } = options;
    this.idle = new IdleDetector(() => store.changeMark(), clock, longestQuietMs);
    this.#poller = new Poller({ everyMs, poll, isIdle: () => this.idle.isIdle, onError });
  }

  get isClosed(): boolean {
    return this.#poller.isClosed;
  }

  start(): void {
    this.#poller.start();
  }

  /** Polls once, after an earlier poll has ended. */
  now(): Promise<void> {
    return this.#poller.now();
  }

  /**
   * Waits for the poll in progress, then gives the lease back.
   * @param ended what polls began, and the lease has to outlast
   */
  async close(ended?: () => Promise<unknown>): Promise<void> {
    const { lease, onError } = this.#options;
    await this.#poller.close();
    await ended?.();
    await lease.release().catch(onError);
  }
}
