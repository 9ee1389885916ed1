// Follows the URLs that JWKs came from. A loop polls the stored schedule; what it finds due it fetches again, under
// the rules of any source URL. New material of the same kid replaces the old; when the URL fails or no longer has the
// kid, the last good key stays and its state says why.

import { requireIntactProject } from '../../altered-settings.ts';
import type { DeploymentTarget } from '../../deployments/put-desired-state.ts';
import { isKeyplaneError } from '../../errors.ts';
import type { EventStores } from '../../events/event-store.ts';
import type { Lease } from '../../leases/lease.ts';
import type { LeaseStores } from '../../leases/lease-store.ts';
import { laterThan } from '../../materials/optimistic-update.ts';
import { LeasedPoller } from '../../runtime/leased-poller.ts';
import { onBehalfOfTask } from '../../runtime/requester.ts';
import type { SharedStore, UnitOfWork } from '../../unit-of-work.ts';
import { type JwkRuleOptions, type JwkRuleStores, jwkColumns, putDesiredJwk } from '../insert-jwk.ts';
import { jwkEvent, recordJwkEvent } from '../jwk-event.ts';
import type { StoredJwk } from '../jwk-store.ts';
import { withFreeKidOnUpdate, withKidSince } from '../published-kid.ts';
import { openPrivateJwk } from '../sealed-members.ts';
import type { WithSourceContext } from '../source-context.ts';
import { checkUrl, type UrlCheck } from './check-url.ts';
import { longestRefreshIntervalMs } from './refresh-schedule.ts';
import type { Refresh, SourceState } from './refresh-store.ts';

type RefreshRuleStores = JwkRuleStores & LeaseStores;

export interface RefresherOptions extends JwkRuleOptions {
  readonly store: UnitOfWork<RefreshRuleStores> & Pick<SharedStore<RefreshRuleStores>, 'changeMark'>;
  /** Of several managers one follows. */
  readonly lease: Lease;
  readonly withSourceContext: WithSourceContext;
  readonly onError: (error: unknown) => void;
}

/** How often the schedule is checked at; an interval is a minute or more. */
const pollEveryMs = 2_000;
const fetchesAtOnce = 16;
const pageSize = 256;
/** An internal error is retried after this time, not at every check. */
const ownFaultMs = 30_000;

interface Due {
  readonly refresh: Refresh;
  readonly stored: StoredJwk;
}

export class Refresher {
  readonly #options: RefresherOptions;
  readonly #poller: LeasedPoller;

  constructor(options: RefresherOptions) {
    this.#options = options;
    this.#poller = new LeasedPoller({ ...options, everyMs: pollEveryMs, poll: () => this.#refreshDue() });
  }

  start(): void {
    this.#poller.start();
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    return this.#poller.close();
  }

  /** Polls for everything that is due, once an earlier poll has ended. */
  refreshDue(): Promise<void> {
    return this.#poller.now();
  }

  /** One URL that fails keeps none of the others from being checked at. */
  async #refreshDue(): Promise<void> {
    // What could not be recorded stays due: it waits for the next poll, or this one would never end.
    const seen = new Set<string>();
    while (!this.#poller.isClosed) {
      const due = await this.#due(seen);
      // What lies idle takes no lease, so a manager without followed URLs writes nothing.
      if (due.length === 0 || !(await this.#options.lease.take())) return;
      for (const { stored } of due) seen.add(stored.id);
      // A separate requester: it shares fetches and key checks with users, and takes none of a user's share.
      await onBehalfOfTask('refresh', () => this.#followAll([...due]));
    }
  }

  /** A bounded number at once, each starting as soon as another has ended: a slow URL blocks one slot, not all. */
  async #followAll(due: Due[]): Promise<void> {
    const follower = async () => {
      for (let one = due.shift(); one && this.#mayGoOn; one = due.shift()) await this.#follow(one);
    };
    await Promise.all(Array.from({ length: fetchesAtOnce }, follower));
  }

  async #due(seen: ReadonlySet<string>): Promise<readonly Due[]> {
    const { store, clock } = this.#options;
    const now = clock();
    const furthest = new Date(now.getTime() + longestRefreshIntervalMs);
    this.#poller.idle.begin();
    return store.read(async (stores) => {
      const found = await stores.refreshes.due({ now, furthest }, pageSize);
      if (found.length === 0) this.#poller.idle.foundNothingUntil(await stores.refreshes.next());
      const refreshes = found.filter(({ jwkId }) => !seen.has(jwkId));
      const jwks = await stores.jwks.getMany(refreshes.map(({ jwkId }) => jwkId));
      const byId = new Map(jwks.map((jwk) => [jwk.id, jwk]));
      return refreshes.flatMap((refresh) => {
        const stored = byId.get(refresh.jwkId);
        return stored ? [{ refresh, stored }] : [];
      });
    });
  }

  async #follow(due: Due): Promise<void> {
    const { store, sealer, deployments, withSourceContext, onError } = this.#options;
    const { refresh, stored } = due;
    try {
      const jwk = openPrivateJwk(sealer, stored);
      const checked = await withSourceContext(stored.projectId, (context) =>
        checkUrl(context, refresh, { stored, jwk }),
      );
      const targets = await store.write((stores) => this.#record(stores, due, checked));
      // No caller waits for the result, and an offline node must not delay the next refresh.
      if (targets.length > 0) deployments.deploy(targets, 'deploy').catch(onError);
    } catch (error) {
      onError(error);
      // Another manager has the lease and retries.
      if (!this.#options.lease.isHeld) return;
      const refreshAt = new Date(this.#options.clock().getTime() + ownFaultMs);
      await store.write((stores) => this.#putIfSame(stores, due, { ...refresh, refreshAt })).catch(onError);
    }
  }

  get #mayGoOn(): boolean {
    return !this.#poller.isClosed && this.#options.lease.isHeld;
  }

  async #putIfSame(stores: RefreshRuleStores, due: Due, next: Refresh): Promise<boolean> {
    await this.#options.lease.requireHeld(stores);
    return putIfSame(stores, due, next);
  }

  async #record(
    stores: RefreshRuleStores,
    due: Due,
    checked: UrlCheck,
  ): Promise<readonly DeploymentTarget[]> {
    const now = this.#options.clock();
    const found = await this.#withFreeKid(stores, due, checked);
    const kept = await this.#putIfSame(stores, due, nextRefresh(due.refresh, found, now));
    if (kept) await recordSourceState(stores, due, { state: found.state, at: now });
    if (!kept || found.state !== 'FRESH' || found.jwk === undefined) return [];
    const { stored } = due;
    const project = await stores.projects.get(stored.projectId);
    if (!project) return [];
    requireIntactProject(project);
    const { jwk } = found;
    const updatedAt = laterThan(stored.updatedAt, now);
    const columns = jwkColumns(this.#options.sealer, stored.id, jwk);
    const after = withKidSince(stored, { ...stored, ...columns, updatedAt });
    await stores.jwks.update(after);
    const scope = { projectId: project.id, projectName: project.name, actor: 'system' };
    const { onUnreadable } = this.#options;
    const { targets } = await putDesiredJwk(stores, { scope, stored: after, jwk }, onUnreadable);
    const details = { kid: after.kid, type: after.type, warnings: found.warnings.length };
    await this.#options.audit.append(stores, jwkEvent('refresh', scope, after, details));
    const { sourceType } = after;
    await recordJwkEvent(stores, 'jwk.updated', after, { at: now, facts: { sourceType } });
    return targets;
  }

  /** A key whose kid another key of the project has is not taken: the former stays, and its source fails. */
  async #withFreeKid(stores: RefreshRuleStores, { stored }: Due, found: UrlCheck): Promise<UrlCheck> {
    if (found.state !== 'FRESH' || found.jwk === undefined) return found;
    const after = { ...stored, ...jwkColumns(this.#options.sealer, stored.id, found.jwk) };
    try {
      await withFreeKidOnUpdate(stores, stored, { stored: after, jwk: found.jwk, canReplaceKid: false });
      return found;
    } catch (error) {
      if (!isKeyplaneError(error) || error.reason !== 'KID_TAKEN') throw error;
      return { state: 'FAILING', reason: error.message };
    }
  }
}

/** Once, when its source begins to fail, or no longer has the key. */
async function recordSourceState(
  stores: EventStores,
  { refresh, stored }: Due,
  { state, at }: { readonly state: SourceState; readonly at: Date },
): Promise<void> {
  if (state === refresh.state || state === 'FRESH') return;
  const facts = { sourceType: stored.sourceType };
  await recordJwkEvent(stores, state === 'GONE' ? 'source.gone' : 'source.failing', stored, { at, facts });
}

/**
 * False when the JWK or its schedule was changed meanwhile: then the fetched key is obsolete. Every change of a JWK
 * with a refresh schedule rewrites or removes the schedule, so comparing the schedule covers both.
 */
async function putIfSame(stores: JwkRuleStores, { refresh }: Due, next: Refresh): Promise<boolean> {
  const now = await stores.refreshes.find(refresh.jwkId);
  if (now?.refreshAt.getTime() !== refresh.refreshAt.getTime()) return false;
  await stores.refreshes.put(next);
  return true;
}

function nextRefresh(refresh: Refresh, found: UrlCheck, now: Date): Refresh {
  const fresh = found.state === 'FRESH';
  return {
    ...refresh,
    refreshAt: new Date(now.getTime() + refresh.intervalMs),
    state: found.state,
    stateSince: found.state === refresh.state ? refresh.stateSince : now,
    stateReason: fresh ? null : found.reason,
    ...(fresh &&
      !found.answer.notModified && {
        etag: found.answer.etag ?? null,
        lastModified: found.answer.lastModified ?? null,
      }),
  };
}
