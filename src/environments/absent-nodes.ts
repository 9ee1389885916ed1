// Reports absent nodes: those that no manager was connected to for a minute, so that a restart is no absence. Once each absence. A manager
// that started just now waits as long itself: its nodes may not have reconnected yet.

import type { Lease } from '../leases/lease.ts';
import type { LeaseStores } from '../leases/lease-store.ts';
import { RepeatedLook } from '../runtime/repeated-look.ts';
import { onBehalfOf } from '../runtime/requester.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AbsenceStores, AbsentNode } from './absence-store.ts';
import { type NodeEventStores, recordNodeEvent } from './record-node-event.ts';

type AbsentNodeStores = AbsenceStores & NodeEventStores & LeaseStores;

export interface AbsentNodesOptions {
  readonly store: UnitOfWork<AbsentNodeStores>;
  readonly lease: Lease;
  readonly clock: () => Date;
  readonly onError: (error: unknown) => void;
  readonly absentAfterMs?: number;
}

const lookEveryMs = 5_000;
const defaultAbsentAfterMs = 60_000;
const pageSize = 100;

export class AbsentNodes {
  readonly #options: AbsentNodesOptions;
  readonly #looks: RepeatedLook;
  readonly #startedMs = performance.now();

  constructor(options: AbsentNodesOptions) {
    this.#options = options;
    const { onError } = options;
    this.#looks = new RepeatedLook({ everyMs: lookEveryMs, look: () => this.#look(), onError });
  }

  start(): void {
    this.#looks.start();
  }

  /** Waits for the look in progress. */
  async close(): Promise<void> {
    await this.#looks.close();
    await this.#options.lease.release().catch(this.#options.onError);
  }

  /** Looks once, after an earlier look has ended. */
  look(): Promise<void> {
    return this.#looks.now();
  }

  async #look(): Promise<void> {
    const { store, lease, absentAfterMs = defaultAbsentAfterMs } = this.#options;
    if (performance.now() < this.#startedMs + absentAfterMs) return;
    const { absent, hasReturned } = await store.read(async ({ absences }) => ({
      absent: await absences.unreported(absentAfterMs, pageSize),
      hasReturned: await absences.hasReturned(),
    }));
    // What lies idle takes no lease.
    if ((absent.length === 0 && !hasReturned) || !(await lease.take())) return;
    await onBehalfOf('absent nodes', async () => {
      if (hasReturned) {
        await store.write(async (stores) => {
          await lease.requireHeld(stores);
          await stores.absences.forgetReturned();
        });
      }
      // One transaction each: its event goes to every project.
      for (const node of absent) if (!this.#looks.isClosed) await this.#report(node);
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
