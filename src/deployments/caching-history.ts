// What copies of JWK Sets may still be kept for under settings that were changed. A body that was served just before a
// change of `Cache-Control` lives by the former one, so the former time counts beside the new one until every node has
// confirmed the change and that time has passed.

import type { EnvironmentStores, RegisteredNode } from '../environments/environment-store.ts';
import type { Caching } from '../protocol/content.ts';
import type { DesiredStateStores } from './desired-state-store.ts';
import type { LineageStores } from './history/lineage.ts';

export type CachingHistoryStores = LineageStores &
  DesiredStateStores &
  Pick<EnvironmentStores, 'environments' | 'nodes'>;

export interface FormerCaching {
  /** A + W, of the larger one where a change followed another that still counted. */
  readonly ms: number;
  /** When the last node confirmed the change, by the clock of the database; null: not every node has. */
  readonly confirmedAt: number | null;
}

interface Kept extends FormerCaching {
  /** By environment id: the revision that brought the change. */
  readonly revisions: Readonly<Record<string, number>>;
}

const formerKey = 'caching-former';
/** The longest that a policy lets verifiers keep a copy beyond its headers, and the most that clocks may differ. */
const longestKeptMs = 30 * 86_400_000 + 10 * 60_000;

/** How long caches in between may serve a copy: `max-age`, and the longer of the two stale times. */
export function cachesMsOf({ maxAge, staleWhileRevalidate, staleIfError }: Caching): number {
  return (maxAge + Math.max(staleWhileRevalidate, staleIfError)) * 1_000;
}

/** After a change became desired state, in the same transaction. @param now by the clock of the database */
export async function keepFormerCaching(
  stores: CachingHistoryStores,
  former: Caching,
  now: Date,
): Promise<void> {
  const environments = await stores.environments.list();
  const ids = environments.map(({ id }) => id);
  const earlier = await keptOf(stores, now);
  // What no node served has no copy.
  if (!earlier && (await stores.nodes.listOf(ids)).length === 0) return;
  const revisions: Record<string, number> = {};
  for (const id of ids) revisions[id] = (await stores.desired.state(id)).revision;
  const ms = Math.max(cachesMsOf(former), earlier?.ms ?? 0);
  await put(stores, { ms, confirmedAt: null, revisions });
}

/** Null where no change counts any more. */
export async function formerCachingOf(stores: LineageStores, now: Date): Promise<FormerCaching | null> {
  const kept = await keptOf(stores, now);
  return kept ? { ms: kept.ms, confirmedAt: kept.confirmedAt } : null;
}

/**
 * Keeps when the last node was seen to have confirmed the change, once all have: later a node may connect again, and
 * has confirmed nothing until it does.
 * @returns whether that was news
 */
export async function settleFormerCaching(
  stores: LineageStores & Pick<EnvironmentStores, 'nodes'>,
  now: Date,
): Promise<boolean> {
  const kept = await keptOf(stores, now);
  if (!kept || kept.confirmedAt !== null) return false;
  const { revisions } = kept;
  const nodes = await stores.nodes.listOf(Object.keys(revisions));
  if (!nodes.every((node) => servesNoLonger(node, revisions[node.environmentId] ?? 0, now))) return false;
  await put(stores, { ...kept, confirmedAt: now.getTime() });
  return true;
}

/** By the former settings: it confirmed the change, or serves nothing without a manager and has had none for long. */
function servesNoLonger(node: RegisteredNode, revision: number, now: Date): boolean {
  if (node.appliedRevision >= revision) return true;
  if (node.connected || node.serveLimitMs === null) return false;
  return (node.lastSeenAt ?? node.createdAt).getTime() + node.serveLimitMs <= now.getTime();
}

async function keptOf({ installation }: LineageStores, now: Date): Promise<Kept | undefined> {
  const text = await installation.get(formerKey);
  if (text === undefined) return undefined;
  const kept = JSON.parse(text) as Kept;
  const { ms, confirmedAt } = kept;
  return confirmedAt !== null && now.getTime() >= confirmedAt + ms + longestKeptMs ? undefined : kept;
}

async function put({ installation }: LineageStores, { ms, confirmedAt, revisions }: Kept): Promise<void> {
  await installation.put(formerKey, JSON.stringify({ ms, confirmedAt, revisions }));
}
