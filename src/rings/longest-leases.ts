import type { EnvironmentStores } from '../environments/environment-store.ts';
import { parseDuration } from '../iso-duration.ts';
import type { RingStores } from './ring-store.ts';

/**
 * By environment id: how long its nodes may sign after their last contact with a manager, in milliseconds, with the key
 * ring that has the longest signing lease; null where one has none. An environment that no key ring reaches is left out.
 */
export async function longestLeases(
  stores: RingStores & Pick<EnvironmentStores, 'environments'>,
  environmentIds: readonly string[],
): Promise<ReadonlyMap<string, number | null>> {
  const longest = new Map<string, number | null>();
  const leases = await stores.rings.signingLeases();
  if (leases.length === 0) return longest;
  for (const id of new Set(environmentIds)) {
    const environment = await stores.environments.get(id);
    if (environment === undefined) continue;
    const { projectIds } = environment;
    for (const lease of leases) {
      if (projectIds !== null && !projectIds.includes(lease.projectId)) continue;
      if (lease.environmentIds !== null && !lease.environmentIds.includes(id)) continue;
      longest.set(id, longer(longest.get(id), lease.signingLease));
    }
  }
  return longest;
}

function longer(known: number | null | undefined, text: string | null): number | null {
  const lease = text === null ? null : (parseDuration(text) ?? null);
  if (known === null || lease === null) return null;
  return Math.max(known ?? 0, lease);
}
