// Follows the key sets of issuers (`jwksUri`), so that nodes verify JWTs without a network of their own. One manager at a time
// fetches what is due, under the rules of any source URL. When a fetch fails, the last keys stay deployed and the state says why.

import { isDeepStrictEqual } from 'node:util';
import type { AccessStores } from '../access/access-store.ts';
import { requireIntactProject } from '../altered-settings.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditLog, AuditStore } from '../audit/audit-log.ts';
import type { OnUnreadable } from '../deployments/content-reader.ts';
import type { Deployments } from '../deployments/deployments.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { DeploymentTarget } from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { isKeyplaneError } from '../errors.ts';
import type { Lease } from '../leases/lease.ts';
import type { LeaseStores } from '../leases/lease-store.ts';
import { LeasedPoller } from '../runtime/leased-poller.ts';
import { onBehalfOfTask } from '../runtime/requester.ts';
import type { SharedStore, UnitOfWork } from '../unit-of-work.ts';
import { followedUris } from './application.ts';
import type { ApplicationContentStores } from './application-content.ts';
import { putDesiredFollowers, requireDeployableFollowers } from './application-deployment.ts';
import { type FetchedKeySet, fetchKeySet, type WithFetches } from './fetch-key-set.ts';
import type { IssuerKey, IssuerKeySet, KeySetRefresh } from './issuer-key-set.ts';
import { keySetIntervalMs } from './key-sets.ts';

type FollowerStores = ApplicationContentStores &
  Pick<AccessStores, 'projects'> &
  EnvironmentStores &
  DesiredStateStores &
  LeaseStores & { readonly audit: AuditStore };

export interface KeySetFollowerOptions {
  readonly store: UnitOfWork<FollowerStores> & Pick<SharedStore<FollowerStores>, 'changeMark'>;
  readonly audit: AuditLog;
  readonly deployments: Pick<Deployments, 'deploy'>;
  readonly clock: () => Date;
  readonly withFetches: WithFetches;
  readonly onUnreadable: OnUnreadable;
  /** Of several managers one follows. */
  readonly lease: Lease;
  readonly onError: (error: unknown) => void;
}

const pollEveryMs = 5_000;
const fetchesAtOnce = 8;
/** A project whose issuers do not answer leaves the other slots to other projects. */
const fetchesOfProjectAtOnce = 2;
const pageSize = 64;
/** A set that fails is tried again sooner at first: its issuer may have rotated its keys. */
const shortestRetryMs = 60_000;

/** `fetched` undefined: nothing changed. */
type Checked =
  | { readonly state: 'FRESH'; readonly fetched: FetchedKeySet | undefined }
  | { readonly state: 'FAILING'; readonly reason: string };

export class KeySetFollower {
  readonly #options: KeySetFollowerOptions;
  readonly #poller: LeasedPoller;

  constructor(options: KeySetFollowerOptions) {
    this.#options = options;
    this.#poller = new LeasedPoller({ ...options, everyMs: pollEveryMs, poll: () => this.#followDue() });
  }

  start(): void {
    this.#poller.start();
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    return this.#poller.close();
  }

  /** Fetches every set that is due, once an earlier poll has ended. */
  followDue(): Promise<void> {
    return this.#poller.now();
  }

  async #followDue(): Promise<void> {
    // What could not be recorded stays due: it waits for the next poll, or this one would never end.
    const stuck = new Set<string>();
    while (!this.#poller.isClosed) {
      const due = await this.#due(stuck);
      // A manager without followed sets takes no lease, so it writes nothing.
      if (due.length === 0 || !(await this.#options.lease.take())) return;
      await onBehalfOfTask('issuer keys', () => this.#followAll([...due], stuck));
    }
  }

  async #due(stuck: ReadonlySet<string>): Promise<readonly IssuerKeySet[]> {
    const { store, clock } = this.#options;
    const now = clock();
    const furthest = new Date(now.getTime() + keySetIntervalMs);
    const window = { now, furthest, except: stuck };
    this.#poller.idle.begin();
    return store.read(async ({ issuerKeySets }) => {
      const due = await issuerKeySets.due(window, pageSize);
      if (due.length === 0) this.#poller.idle.foundNothingUntil(await issuerKeySets.next());
      return due;
    });
  }

  async #followAll(due: IssuerKeySet[], stuck: Set<string>): Promise<void> {
    const running = new Map<string, number>();
    const runningOf = (projectId: string) => running.get(projectId) ?? 0;
    const next = () => {
      const at = due.findIndex(({ projectId }) => runningOf(projectId) < fetchesOfProjectAtOnce);
      return at < 0 ? undefined : due.splice(at, 1)[0];
    };
    // One that finds its project busy ends: those that run for the project go on with the rest of it.
    const follower = async () => {
      for (let one = next(); one && this.#mayGoOn; one = next()) {
        const { projectId } = one;
        running.set(projectId, runningOf(projectId) + 1);
        if (!(await this.#follow(one))) stuck.add(one.id);
        running.set(projectId, runningOf(projectId) - 1);
      }
    };
    await Promise.all(Array.from({ length: fetchesAtOnce }, follower));
  }

  get #mayGoOn(): boolean {
    return !this.#poller.isClosed && this.#options.lease.isHeld;
  }

  /** @returns false where the result could not be recorded */
  async #follow(set: IssuerKeySet): Promise<boolean> {
    const { deployments, onError } = this.#options;
    try {
      const checked = await this.#check(set);
      const targets = await this.#recordOrReject(set, checked);
      // No caller waits for the result, and an offline node must not delay the next fetch.
      if (targets.length > 0) deployments.deploy(targets, 'deploy').catch(onError);
      return true;
    } catch (error) {
      // It stays due, and is tried again with the next poll.
      onError(error);
      return false;
    }
  }

  async #check({ projectId, jwksUri, refresh, altered }: IssuerKeySet): Promise<Checked> {
    const { withFetches } = this.#options;
    try {
      // What was altered is replaced, so that the response must be whole.
      const former = altered ? undefined : refresh;
      const fetched = await withFetches(projectId, (context) => fetchKeySet(context, jwksUri, former));
      return { state: 'FRESH', fetched };
    } catch (error) {
      // Missing capacity of the manager is no state of the URI.
      if (!isKeyplaneError(error) || error.status >= 500 || error.code === 'rate_limit_exceeded') throw error;
      return { state: 'FAILING', reason: error.message };
    }
  }

  /**
   * Keys that an application cannot take, or that could not be deployed, are not stored: the former ones stay, and the
   * state says why.
   */
  async #recordOrReject(set: IssuerKeySet, checked: Checked): Promise<readonly DeploymentTarget[]> {
    const { store } = this.#options;
    try {
      return await store.write((stores) => this.#record(stores, set, checked));
    } catch (error) {
      if (!isKeyplaneError(error)) throw error;
      if (error.code !== 'bad_request' && error.reason !== 'ALTERED_IN_DATABASE') throw error;
      const rejected: Checked = { state: 'FAILING', reason: error.message };
      return store.write((stores) => this.#record(stores, set, rejected));
    }
  }

  /** @throws KeyplaneError `bad_request` where an application cannot take the keys; `unavailable` where a row was altered */
  async #record(
    stores: FollowerStores,
    set: IssuerKeySet,
    checked: Checked,
  ): Promise<readonly DeploymentTarget[]> {
    const { lease, clock, audit, onUnreadable } = this.#options;
    await lease.requireHeld(stores);
    const { projectId, jwksUri } = set;
    const [current] = await stores.issuerKeySets.findMany(projectId, [jwksUri]);
    // Another request has fetched it meanwhile, or no application follows it any more.
    if (current?.id !== set.id || !isDeepStrictEqual(current.refresh, set.refresh)) return [];
    const now = clock();
    const refresh = nextRefresh(current.refresh, checked, now);
    const found = checked.state === 'FRESH' ? checked.fetched : undefined;
    if (found === undefined || (!current.altered && isDeepStrictEqual(found.keys, current.keys))) {
      await stores.issuerKeySets.putRefresh(set.id, refresh);
      return [];
    }
    const { altered: _altered, ...kept } = current;
    await stores.issuerKeySets.update({ ...kept, keys: found.keys, updatedAt: now, refresh });
    const project = await stores.projects.get(projectId);
    if (!project) return [];
    requireIntactProject(project);
    const scope = { projectId, projectName: project.name };
    const followers = (await stores.applications.knownBesideTokens(projectId)).filter(
      (one) => one.altered !== true && followedUris(one).includes(jwksUri),
    );
    // A set that became smaller is accepted in any case.
    if (sizeOf(found.keys) > sizeOf(current.keys)) await requireDeployableFollowers(stores, scope, followers);
    const targets = await putDesiredFollowers(stores, scope, { applications: followers, onUnreadable });
    await audit.append(
      stores,
      auditEvent({
        actor: 'system',
        action: 'issuerkeys.refresh',
        objectType: 'issuerkeys',
        objectId: set.id,
        objectName: jwksUri,
        projectName: project.name,
        details: { keys: found.keys.length, applications: followers.length },
      }),
    );
    return targets;
  }
}

function sizeOf(keys: readonly IssuerKey[]): number {
  return Buffer.byteLength(JSON.stringify(keys));
}

/** As long again as it has failed, within bounds. */
function retryMs(failingMs: number): number {
  return Math.min(keySetIntervalMs, Math.max(shortestRetryMs, failingMs));
}

function nextRefresh(former: KeySetRefresh, checked: Checked, now: Date): KeySetRefresh {
  const stateSince = checked.state === former.state ? former.stateSince : now;
  if (checked.state === 'FAILING') {
    const refreshAt = new Date(now.getTime() + retryMs(now.getTime() - stateSince.getTime()));
    return { ...former, refreshAt, state: 'FAILING', stateSince, stateReason: checked.reason };
  }
  return {
    refreshAt: new Date(now.getTime() + keySetIntervalMs),
    state: 'FRESH',
    stateSince,
    stateReason: null,
    fetchedAt: now,
    etag: checked.fetched === undefined ? former.etag : checked.fetched.etag,
    lastModified: checked.fetched === undefined ? former.lastModified : checked.fetched.lastModified,
  };
}
