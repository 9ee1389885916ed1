// Delivers the outlets whose keys the manager itself delivers, on one manager at a time: what changed is seen by the revisions of
// the environments. Each is tried until it succeeds, and one that does not answer delays no other.

import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { isKeyplaneError } from '../errors.ts';
import type { EventStores } from '../events/event-store.ts';
import type { Lease } from '../leases/lease.ts';
import type { LeaseStores } from '../leases/lease-store.ts';
import { artifactDigest } from '../outlets/content/artifact.ts';
import { failed, isDue, succeeded, wanted } from '../outlets/delivery-state.ts';
import { type OutletKindName, outletKind, outletKindNames } from '../outlets/kinds/kinds.ts';
import type { ManagerKeyDelivery } from '../outlets/kinds/outlet-kind.ts';
import type { Outlet } from '../outlets/outlet.ts';
import { environmentsOfOutlet } from '../outlets/outlet-deployment.ts';
import type { OutletStores } from '../outlets/outlet-store.ts';
import { openCredential } from '../outlets/sealed-credential.ts';
import { storeDeliveries } from '../outlets/store-deliveries.ts';
import { faultPoints } from '../runtime/fault-points.ts';
import { LeasedPoller } from '../runtime/leased-poller.ts';
import { onBehalfOfTask } from '../runtime/requester.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { SafeFetch } from '../sources/safe-fetch/safe-fetch.ts';
import type { SharedStore, UnitOfWork } from '../unit-of-work.ts';
import type { IssuingStores } from './issue-token.ts';
import { managerAccess } from './manager-access.ts';
import { type ArtifactStores, managerArtifact } from './manager-artifact.ts';
import { type Seen, type Tracked, trackedFrom } from './tracked-outlet.ts';

export type RunnerStores = OutletStores &
  ArtifactStores &
  IssuingStores &
  EnvironmentStores &
  DesiredStateStores &
  EventStores &
  LeaseStores;

export interface OutletRunnerOptions {
  readonly store: UnitOfWork<RunnerStores> & Pick<SharedStore<RunnerStores>, 'changeMark'>;
  readonly sealer: Sealer;
  readonly safeFetch: Pick<SafeFetch, 'ask'>;
  readonly clock: () => Date;
  readonly lease: Lease;
  readonly onError: (error: unknown) => void;
}

const pollEveryMs = 500;
/** What does not answer is under way for some seconds. */
const mostAtOnce = 16;
const mostMaybeWritten = 64;

const kindsWithKeys: readonly OutletKindName[] = outletKindNames.filter((name) => keysOf(name) !== undefined);

function keysOf(name: OutletKindName): ManagerKeyDelivery | undefined {
  const kind = outletKind(name);
  return kind.runsAt === 'MANAGER' ? kind.keys : undefined;
}

export class OutletRunner {
  readonly #options: OutletRunnerOptions;
  readonly #poller: LeasedPoller;
  readonly #tracked = new Map<string, Tracked>();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: OutletRunnerOptions) {
    this.#options = options;
    this.#poller = new LeasedPoller({ ...options, everyMs: pollEveryMs, poll: () => this.#poll() });
  }

  start(): void {
    this.#poller.start();
  }

  /** Starts what is to be delivered, once an earlier poll has ended. It does not wait for deliveries. */
  poll(): Promise<void> {
    return this.#poller.now();
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    return this.#poller.close(() => Promise.all(this.#underWay.values()));
  }

  async #poll(): Promise<void> {
    const { lease, onError } = this.#options;
    this.#poller.idle.begin();
    const due = await this.#findDue();
    if (due.length === 0 && this.#underWay.size === 0) this.#poller.idle.foundNothingUntil(this.#nextAt());
    const wasHeld = lease.isHeld;
    if (due.length === 0 || !(await lease.take())) return;
    // Another manager may have delivered since they were read.
    if (!wasHeld) this.#tracked.clear();
    for (const one of wasHeld ? due : await this.#findDue()) {
      if (this.#underWay.size >= mostAtOnce) return;
      const { id } = one.outlet;
      const delivering = onBehalfOfTask(`outlet ${id}`, () => this.#deliver(one))
        .catch(onError)
        .finally(() => this.#underWay.delete(id));
      this.#underWay.set(id, delivering);
    }
  }

  async #findDue(): Promise<readonly Seen[]> {
    const seen = await this.#options.store.read((stores) => this.#read(stores));
    const known = new Set(seen.map(({ outlet }) => outlet.id));
    for (const id of this.#tracked.keys()) if (!known.has(id)) this.#tracked.delete(id);
    return seen.filter((one) => this.#isDue(one));
  }

  async #read(stores: RunnerStores): Promise<readonly Seen[]> {
    const ids: string[] = [];
    for (const kind of kindsWithKeys) ids.push(...(await stores.outlets.generationsOf(kind)).keys());
    if (ids.length === 0) return [];
    const outlets = await stores.outlets.getMany(ids);
    const untracked = ids.filter((id) => !this.#tracked.has(id));
    const kept = untracked.length === 0 ? [] : await stores.outletDeliveries.ofOutlets(untracked);
    const writes = await stores.outletDeliveries.writesOf(untracked);
    for (const id of untracked) {
      const rows = kept.filter(({ outletId }) => outletId === id);
      this.#tracked.set(id, trackedFrom(rows, writes.get(id)));
    }
    const heads = new Map((await stores.desired.states()).map((one) => [one.environmentId, one.revision]));
    const seen: Seen[] = [];
    for (const outlet of outlets) {
      const project = await stores.projects.get(outlet.projectId);
      if (!project) continue;
      const environments = await environmentsOfOutlet(stores, outlet);
      // Those that it names were deleted.
      if (environments.length === 0) continue;
      const revisions = new Map(environments.map(({ id }) => [id, heads.get(id) ?? 0]));
      seen.push({ outlet, projectName: project.name, revisions });
    }
    return seen;
  }

  #isDue({ outlet, revisions }: Seen): boolean {
    const tracked = this.#tracked.get(outlet.id);
    if (tracked === undefined || this.#underWay.has(outlet.id)) return false;
    const { attempted } = tracked;
    const isSame =
      attempted.generation === outlet.generation &&
      attempted.revisions.size === revisions.size &&
      [...revisions].every(([id, revision]) => attempted.revisions.get(id) === revision);
    if (!isSame || tracked.validUntilMs <= this.#options.clock().getTime()) return true;
    return isDue(tracked.delivery, performance.now());
  }

  /** When time alone makes one due. */
  #nextAt(): Date | null {
    const now = this.#options.clock().getTime();
    const times = [...this.#tracked.values()].flatMap(({ delivery, validUntilMs }) => [
      validUntilMs,
      delivery.retryAtMs === null ? Number.POSITIVE_INFINITY : now + delivery.retryAtMs - performance.now(),
    ]);
    const next = Math.min(Number.POSITIVE_INFINITY, ...times);
    return Number.isFinite(next) ? new Date(next) : null;
  }

  async #deliver(seen: Seen): Promise<void> {
    const { outlet, revisions } = seen;
    const before = this.#tracked.get(outlet.id);
    if (before === undefined) return;
    const { generation } = outlet;
    const attempted = { generation, revisions };
    const isChanged = before.attempted.generation !== generation || before.delivery.state === 'CURRENT';
    const delivery = isChanged ? wanted(before.delivery) : before.delivery;
    const maybeWritten = new Set(before.maybeWritten);
    let after: Tracked;
    try {
      const made = await this.#attempt(seen, before, (digest) =>
        this.#beginWrite(outlet, maybeWritten, digest),
      );
      const revision = Math.max(0, ...revisions.values());
      const { digest, version, changed, validUntilMs } = made;
      after = {
        delivery: succeeded(delivery, { revision, digest, changed, now: this.#options.clock().getTime() }),
        delivered: revisions,
        deliveredGeneration: generation,
        remoteVersion: version,
        maybeWritten: new Set(),
        attempted,
        validUntilMs,
      };
    } catch (error) {
      const isAltered = isKeyplaneError(error) && error.reason === 'ALTERED_IN_DATABASE';
      // The manager is stopping.
      if (isKeyplaneError(error) && error.code === 'unavailable' && !isAltered) return;
      if (!isKeyplaneError(error)) this.#options.onError(error);
      const text = isKeyplaneError(error)
        ? error.message
        : 'The delivery failed; the log of the manager says why!';
      const at = { nowMs: performance.now(), random: Math.random() };
      const state = failed(delivery, { error: text, ...at });
      const validUntilMs = Number.POSITIVE_INFINITY;
      after = { ...before, delivery: state, attempted, maybeWritten, validUntilMs };
    }
    await this.#record(seen, after);
    if (this.#tracked.get(outlet.id) === before) this.#tracked.set(outlet.id, after);
  }

  /**
   * @param willWrite called with the digest of what may be written from here on
   * @throws KeyplaneError with a text for the operator
   */
  async #attempt(
    { outlet, projectName, revisions }: Seen,
    before: Tracked,
    willWrite: (digest: string) => Promise<void>,
  ) {
    const { store, sealer, clock } = this.#options;
    const keys = keysOf(outlet.kind);
    if (keys === undefined) throw new TypeError(`the manager delivers no keys to ${outlet.kind}`);
    const now = clock();
    const { artifact, validUntilMs } = await store.read((stores) =>
      managerArtifact(stores, { outlet, environmentIds: [...revisions.keys()], projectName, sealer, now }),
    );
    const digest = artifactDigest(artifact);
    const { delivery, remoteVersion, attempted } = before;
    const isThere =
      delivery.state === 'CURRENT' &&
      delivery.digest === digest &&
      attempted.generation === outlet.generation;
    if (isThere && remoteVersion !== null) {
      return { digest, validUntilMs, version: remoteVersion, changed: false };
    }
    const request = {
      target: outlet.target,
      credential: openCredential(sealer, outlet) ?? {},
      artifact,
      force: outlet.forcedGeneration !== null && outlet.forcedGeneration > before.deliveredGeneration,
      lastVersion: remoteVersion,
      maybeWritten: before.maybeWritten,
      willWrite: () => willWrite(digest),
    };
    const delivered = await keys.deliver(request, managerAccess(this.#options, outlet, projectName));
    if (delivered.changed) faultPoints.afterOutletWrite.publish(undefined);
    return { ...delivered, digest, validUntilMs };
  }

  /** Durable before the server is sent anything: a manager that is killed then does not take its own write for another's. */
  async #beginWrite(outlet: Outlet, maybeWritten: Set<string>, digest: string): Promise<void> {
    const { store, lease } = this.#options;
    if (!maybeWritten.has(digest)) {
      maybeWritten.add(digest);
      for (const oldest of maybeWritten) {
        if (maybeWritten.size <= mostMaybeWritten) break;
        maybeWritten.delete(oldest);
      }
      await store.write(async (stores) => {
        await lease.requireHeld(stores);
        if ((await stores.outlets.getMany([outlet.id])).length === 0) return;
        await stores.outletDeliveries.putWrites(outlet.id, [...maybeWritten]);
      });
    }
    faultPoints.beforeOutletWrite.publish(undefined);
  }

  async #record({ outlet, revisions }: Seen, after: Tracked): Promise<void> {
    const { store, lease } = this.#options;
    const { state, digest, deliveredAt, attempts, lastError } = after.delivery;
    await store.write(async (stores) => {
      await lease.requireHeld(stores);
      if ((await stores.outlets.getMany([outlet.id])).length === 0) return;
      const deliveries = [...revisions.keys()].map((environmentId) => ({
        outletId: outlet.id,
        environmentId,
        nodeId: '',
        revision: after.delivered.get(environmentId) ?? 0,
        digest,
        state,
        deliveredAt: deliveredAt === null ? null : new Date(deliveredAt),
        attempts,
        lastError,
        generation: after.deliveredGeneration,
        remoteVersion: after.remoteVersion,
      }));
      await storeDeliveries(stores, new Map([[outlet.id, outlet]]), deliveries);
      if (state === 'CURRENT') await stores.outletDeliveries.putWrites(outlet.id, []);
    });
  }
}
