// Moves key rings on: one manager at a time examines those that are due, and does what `decide` finds. What is due stands in
// the database; a tick that comes late makes a transition late, never wrong.

import { formerCachingOf, settleFormerCaching } from '../deployments/caching-history.ts';
import { sharedSlice } from '../runtime/event-loop.ts';
import { LeasedPoller } from '../runtime/leased-poller.ts';
import { onBehalfOfTask } from '../runtime/requester.ts';
import type { SharedStore } from '../unit-of-work.ts';
import type { RingMotion } from './key-rings.ts';
import type { RingRuleOptions } from './ring-rules.ts';

export interface RingSchedulerOptions extends RingMotion {
  readonly store: RingRuleOptions['store'] & Pick<SharedStore<unknown>, 'changeMark'>;
  readonly onError: (error: unknown) => void;
}

const tickMs = 500;
/** Rings that one poll takes; what is due beside them is taken by the next, at once. */
const pageSize = 64;
/** Each waits for its commit, and commits that wait together are one. */
const atOnce = 8;
/** The lease is given back after this time in which nothing was due, and only where nothing is due for as long again. */
const idleMs = 5_000;
/** A ring that fails is tried again after this time, and holds up no other. */
const retryMs = 5_000;

export class RingScheduler {
  readonly #options: RingSchedulerOptions;
  /** By ring: until when a ring that failed is left alone. */
  readonly #failed = new Map<string, number>();
  /** Since when nothing was due; undefined: something was. */
  #idleSince: number | undefined;
  readonly #poller: LeasedPoller;

  constructor(options: RingSchedulerOptions) {
    this.#options = options;
    this.#poller = new LeasedPoller({ ...options, everyMs: tickMs, poll: () => this.#poll() });
  }

  start(): void {
    this.#poller.start();
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    return this.#poller.close();
  }

  /** Polls for everything that is due, once an earlier poll has ended. */
  advanceDue(): Promise<void> {
    return this.#poller.now();
  }

  async #poll(): Promise<void> {
    const { store, lease } = this.#options;
    const seen = new Set<string>();
    while (!this.#poller.isClosed) {
      this.#poller.idle.begin();
      const { now, next, due, revoking, waitsForCaching } = await store.read(async (stores) => {
        const { rings } = stores;
        const now = await rings.now();
        const found = await rings.due(now, pageSize);
        const former = await formerCachingOf(stores, now);
        return {
          now,
          next: found.length === 0 ? await rings.nextExamination() : now,
          waitsForCaching: seen.size === 0 && former?.confirmedAt === null,
          due: found.map(({ id }) => id).filter((id) => !seen.has(id) && !this.#isFailed(id)),
          revoking: seen.size > 0 ? [] : (await rings.openRevocations(pageSize)).map(({ ringId }) => ringId),
        };
      });
      const isIdle = !waitsForCaching && seen.size === 0 && due.length === 0 && revoking.length === 0;
      if (waitsForCaching) await this.#settleCaching();
      if (isIdle) {
        this.#poller.idle.foundNothingUntil(next);
        await this.#giveBackIdle((next?.getTime() ?? Number.POSITIVE_INFINITY) - now.getTime());
      } else this.#idleSince = undefined;
      // What lies idle takes no lease, so a manager without rings writes nothing.
      if ((due.length === 0 && revoking.length === 0) || !(await lease.take())) return;
      for (const id of due) seen.add(id);
      const work = [
        ...[...new Set(revoking)].map((id) => () => this.#updateClocks(id)),
        ...due.map((id) => () => this.#advance(id)),
      ];
      await onBehalfOfTask('key rings', () => this.#doAll(work));
      if (due.length === 0) return;
    }
  }

  /** Its renewal is a write every few seconds. Only a poll works under the lease, so no write is under way. */
  async #giveBackIdle(dueInMs: number): Promise<void> {
    this.#idleSince ??= performance.now();
    if (dueInMs < idleMs || performance.now() - this.#idleSince < idleMs) return;
    await this.#options.lease.release();
  }

  /** Once every node serves by a change of the caching, all rings may have another plan. */
  async #settleCaching(): Promise<void> {
    const { store, lease } = this.#options;
    if (!(await lease.take())) return;
    await store.write(async (stores) => {
      await lease.requireHeld(stores);
      const now = await stores.rings.now();
      if (await settleFormerCaching(stores, now)) await stores.rings.examineAll(now);
    });
  }

  /** A bounded number at once: a ring whose key takes a second to generate holds up no other. */
  async #doAll(work: (() => Promise<void>)[]): Promise<void> {
    const worker = async () => {
      for (let one = work.shift(); one && this.#mayGoOn; one = work.shift()) {
        await one();
        await sharedSlice();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  async #advance(ringId: string): Promise<void> {
    const { advance, lease } = this.#options;
    await this.#attempt(ringId, () => advance(ringId, { lease }).then(() => undefined));
  }

  async #updateClocks(ringId: string): Promise<void> {
    const { updateClocks, lease } = this.#options;
    await this.#attempt(ringId, () => updateClocks(ringId, lease));
  }

  async #attempt(ringId: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failed.delete(ringId);
    } catch (error) {
      this.#options.onError(error);
      this.#failed.set(ringId, performance.now() + retryMs);
      await this.#postpone(ringId).catch(this.#options.onError);
    }
  }

  /** Rings that fail must not fill the page of those that are due. */
  async #postpone(ringId: string): Promise<void> {
    const { store, lease } = this.#options;
    if (!lease.isHeld) return;
    await store.write(async (stores) => {
      await lease.requireHeld(stores);
      const [ring] = await stores.rings.getMany([ringId]);
      const examineAt = new Date((await stores.rings.now()).getTime() + retryMs);
      if (ring?.altered)
        await stores.rings.examined(ringId, { examineAt, state: 'BLOCKED', lateSince: null });
      else if (ring) await stores.rings.update({ ...ring, examineAt });
    });
  }

  #isFailed(ringId: string): boolean {
    const until = this.#failed.get(ringId);
    return until !== undefined && performance.now() < until;
  }

  get #mayGoOn(): boolean {
    return !this.#poller.isClosed && this.#options.lease.isHeld;
  }
}
