// Reports absent nodes: those that no manager was connected to for a minute, so that a restart is no absence. Once each absence. A manager
// that started just now waits as long itself: its nodes may not have reconnected yet.

import type { Lease } from '../leases/lease.ts';
import type { LeaseStores } from '../leases/lease-store.ts';
import { LeasedPoller } from '../runtime/leased-poller.ts';
import { onBehalfOfTask } from '../runtime/requester.ts';
import type { SharedStore, UnitOfWork } from '../unit-of-work.ts';
import type { AbsenceStores, AbsentNode } from './absence-store.ts';
import { type NodeEventStores, recordNodeEvent } from './record-node-event.ts';

type AbsentNodeStores = AbsenceStores & NodeEventStores & LeaseStores;

export interface AbsentNodesOptions {
  readonly store: UnitOfWork<AbsentNodeStores> & Pick<SharedStore<unknown>, 'changeMark'>;
  readonly lease: Lease;
  readonly clock: () => Date;
  readonly onError: (error: unknown) => void;
  readonly absentAfterMs?: number;
}

const pollEveryMs = 5_000;
const defaultAbsentAfterMs = 60_000;
const pageSize = 100;

export class AbsentNodes {
  readonly #options: AbsentNodesOptions;
  readonly #poller: LeasedPoller;
  /** Until it is known that none is, one may be over after any commit. */
  #hasReported = true;
  readonly #startedMs = performance.now();

  constructor(options: AbsentNodesOptions) {
    this.#options = options;
    // While no absence is reported, a commit can only make the next one due later.
    this.#poller = new LeasedPoller({
      ...options,
      store: { changeMark: () => (this.#hasReported ? options.store.changeMark() : 'none reported') },
      everyMs: pollEveryMs,
      poll: () => this.#poll(),
    });
  }

  start(): void {
    this.#poller.start();
  }

  /** Waits for the poll in progress. */
  close(): Promise<void> {
    return this.#poller.close();
  }

  /** Polls once, after an earlier poll has ended. */
  poll(): Promise<void> {
    return this.#poller.now();
  }

  async #poll(): Promise<void> {
    const { lease, absentAfterMs = defaultAbsentAfterMs } = this.#options;
    if (performance.now() < this.#startedMs + absentAfterMs) return;
    const { absent, hasReturned } = await this.#find(absentAfterMs);
    // What lies idle takes no lease.
    if ((absent.length === 0 && !hasReturned) || !(await lease.take())) return;
    await this.#record(absent, hasReturned);
    // Nor does it keep one, which would be renewed every few seconds.
    await lease.release();
  }

  async #find(absentAfterMs: number) {
    const { store, clock } = this.#options;
    this.#poller.idle.begin();
    const now = clock().getTime();
    const { hasReported, dueInMs, absent, hasReturned } = await store.read(async ({ absences }) => {
      const status = await absences.status(absentAfterMs);
      const isDue = status.dueInMs !== null && status.dueInMs <= 0;
      return {
        ...status,
        absent: isDue ? await absences.unreported(absentAfterMs, pageSize) : [],
        hasReturned: status.hasReported && (await absences.hasReturned()),
      };
    });
    const isOther = hasReported !== this.#hasReported;
    this.#hasReported = hasReported;
    // The mark from before this poll was of the other kind.
    if (absent.length > 0 || hasReturned || isOther) return { absent, hasReturned };
    this.#poller.idle.foundNothingUntil(dueInMs === null ? null : new Date(now + dueInMs));
    return { absent, hasReturned };
  }

  async #record(absent: readonly AbsentNode[], hasReturned: boolean): Promise<void> {
    const { store, lease } = this.#options;
    await onBehalfOfTask('absent nodes', async () => {
      if (hasReturned) {
        await store.write(async (stores) => {
          await lease.requireHeld(stores);
          await stores.absences.forgetReturned();
        });
      }
      // One transaction each: its event goes to every project.
      for (const node of absent) if (!this.#poller.isClosed) await this.#report(node);
    });
  }

  async #report({ id, environmentId, name, lastSeenAt }: AbsentNode): Promise<void> {
    const { store, lease, clock, absentAfterMs = defaultAbsentAfterMs } = this.#options;
    await store.write(async (stores) => {
      await lease.requireHeld(stores);
      // It may have come back meanwhile.
      if (!(await stores.absences.isUnreported(id, absentAfterMs))) return;
      const at = clock();
      await stores.absences.report(id, at);
      await recordNodeEvent(stores, {
        type: 'node.away',
        environmentId,
        nodeName: name,
        facts: { lastSeenAt: lastSeenAt.toISOString() },
        at,
      });
    });
  }
}
