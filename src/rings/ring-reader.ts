// What can be read of key rings: each as it is by now, decided from the same facts as its next transition.

import { readEnvironmentIds } from '../environments/reached-environment.ts';
import { badRequest } from '../errors.ts';
import { shownText } from '../names.ts';
import { timeSlices } from '../runtime/event-loop.ts';
import { requirePolicyOf } from './create-ring.ts';
import { recordedTransitions } from './recorded-transitions.ts';
import type { RevocationClock } from './revocation-clock.ts';
import type { KeyRing } from './ring.ts';
import { type LoadedRing, loadRing } from './ring-facts-of.ts';
import { readPolicy } from './ring-policy.ts';
import type { RingPolicyRequest } from './ring-request.ts';
import { type RingRuleOptions, type RingRuleStores, requireRing } from './ring-rules.ts';
import type { Revocation, RingListQuery } from './ring-store.ts';
import { decide } from './schedule/decide.ts';
import { countingCachesMs, delayOf, readyAtOf } from './schedule/formulas.ts';
import type { RingDecision } from './schedule/ring-facts.ts';
import { type TimelineRow, timelineOf } from './schedule/timeline.ts';
import { clockOf } from './update-clocks.ts';

/** A ring, and what is decided about it now. */
export interface RingView extends LoadedRing {
  readonly decision: RingDecision;
  /** The newest first. */
  readonly revokedKids: readonly Pick<Revocation, 'id' | 'kids'>[];
  /** Of the policy; null: all that the project reaches. */
  readonly environmentNames: readonly string[] | null;
  /** D. */
  readonly publicationDelayMs: number;
  /** How long a verifier may use a copy of a set, A + W + V; null: the keys are in no set. */
  readonly copiesMs: number | null;
  /** By version: when verifiers know the member; null: not known yet. */
  readonly readyAt: ReadonlyMap<number, Date | null>;
  /** By id of the JWK. */
  readonly lastUsedAt: ReadonlyMap<string, Date>;
}

export interface RingReader {
  list(
    projectId: string,
    query: RingListQuery,
  ): Promise<{ readonly rings: readonly RingView[]; readonly total: number }>;
  /** @throws KeyplaneError `bad_request` when it is not there */
  get(projectId: string, name: string): Promise<RingView>;
  /**
   * Past and planned transitions.
   * @param dryRun members of another policy
   */
  timeline(projectId: string, name: string, dryRun: RingPolicyRequest): Promise<readonly TimelineRow[]>;
  /** @param id undefined: the latest */
  revocation(projectId: string, name: string, id: string | undefined): Promise<RevocationClock>;
}

export function createRingReader({ store }: Pick<RingRuleOptions, 'store'>): RingReader {
  return {
    list: (projectId, query) =>
      store.read(async (stores) => {
        const { rings, total } = await stores.rings.list(projectId, query);
        const slice = timeSlices();
        const views: RingView[] = [];
        for (const ring of rings) {
          views.push(await viewOf(stores, ring));
          await slice();
        }
        return { rings: views, total };
      }),

    get: (projectId, name) =>
      store.read(async (stores) => viewOf(stores, await requireRing(stores, projectId, name))),

    timeline: (projectId, name, dryRun) =>
      store.read(async (stores) => {
        const ring = await requireRing(stores, projectId, name);
        const { environmentNames } = dryRun;
        const environmentIds =
          environmentNames === undefined
            ? ring.policy.environmentIds
            : await readEnvironmentIds(stores, projectId, environmentNames);
        const policy = { ...readPolicy(dryRun, ring.policy), environmentIds };
        const loaded = await loadRing(stores, { ...ring, policy });
        if (Object.values(dryRun).some((value) => value !== undefined)) requirePolicyOf(loaded);
        return timelineOf(loaded.facts, { recorded: await recordedTransitions(stores, loaded.facts) });
      }),

    revocation: (projectId, name, id) =>
      store.read(async (stores) => {
        const ring = await requireRing(stores, projectId, name);
        const revocation =
          id === undefined
            ? (await stores.rings.revocations(ring.id))[0]
            : await stores.rings.findRevocation(ring.id, id);
        if (!revocation) {
          throw badRequest(`Revocation (id: ${shownText(id ?? '')}) is not found!`, { reason: 'NOT_FOUND' });
        }
        return clockOf(await loadRing(stores, ring), revocation);
      }),
  };
}

async function viewOf(stores: RingRuleStores, ring: KeyRing): Promise<RingView> {
  const loaded = await loadRing(stores, ring);
  const { facts, members } = loaded;
  const { environmentIds } = ring.policy;
  const [names, revokedKids, lastUsedAt] = await Promise.all([
    environmentIds && stores.environments.names(environmentIds),
    stores.rings.revokedKids(ring.id),
    stores.applications.lastUsed(members.map(({ id }) => id)),
  ]);
  const { now, policy, cachesMs, formerCaches, kind } = facts;
  const caches = countingCachesMs(now, cachesMs, formerCaches, policy);
  return {
    ...loaded,
    decision: decide(facts),
    revokedKids,
    environmentNames: environmentIds === null ? null : environmentIds.flatMap((id) => names?.get(id) ?? []),
    publicationDelayMs: delayOf(facts),
    copiesMs: kind === 'OCT' ? null : caches + policy.verifierCacheTimeMs,
    readyAt: new Map(
      facts.members.map((member) => {
        const readyAt = member.state === 'NEXT' ? readyAtOf(facts, member) : member.readyAt;
        return [member.version, readyAt === null ? null : new Date(readyAt)];
      }),
    ),
    lastUsedAt,
  };
}
