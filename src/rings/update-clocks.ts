// Keeps the clocks of revocations: which nodes were seen to be safe, and when the last one was.

import { isDeepStrictEqual } from 'node:util';
import type { Lease } from '../leases/lease.ts';
import { type RevocationClock, revocationClock } from './revocation-clock.ts';
import { type LoadedRing, loadRing } from './ring-facts-of.ts';
import type { RingRuleOptions, RingRuleStores } from './ring-rules.ts';
import type { Revocation } from './ring-store.ts';
import { publishersOf } from './schedule/confirmations.ts';
import { countingCachesMs } from './schedule/formulas.ts';

export type UpdateClocks = (ringId: string, lease?: Lease) => Promise<void>;

export function clockUpdate({ store }: Pick<RingRuleOptions, 'store'>): UpdateClocks {
  return async (ringId, lease) => {
    const changed = await store.read((stores) => changedClocks(stores, ringId));
    if (changed.length === 0) return;
    await store.write(async (stores) => {
      await lease?.requireHeld(stores);
      for (const revocation of await changedClocks(stores, ringId)) {
        await stores.rings.updateRevocation(revocation);
      }
    });
  };
}

async function changedClocks(stores: RingRuleStores, ringId: string): Promise<readonly Revocation[]> {
  const [ring] = await stores.rings.getMany([ringId]);
  if (!ring) return [];
  const loaded = await loadRing(stores, ring);
  return loaded.openRevocations
    .map((before) => ({ before, after: clockOf(loaded, before).revocation }))
    .filter(({ before, after }) => !isDeepStrictEqual(before, after))
    .map(({ after }) => after);
}

/** How far a revocation of the ring is by now. */
export function clockOf(
  { facts, nodes, leftNodes, outlets, environments, now }: LoadedRing,
  revocation: Revocation,
): RevocationClock {
  const names = new Map(environments.map(({ id, name }) => [id, name]));
  const publishing = new Set(publishersOf(facts).map(({ id }) => id));
  const { policy, cachesMs, formerCaches, kind, nodeRemovedAt } = facts;
  const caches = countingCachesMs(facts.now, cachesMs, formerCaches, policy);
  return revocationClock(revocation, {
    now,
    nodes: nodes
      .filter(({ id }) => publishing.has(id))
      .map((node) => ({ ...node, environmentName: names.get(node.environmentId) ?? '' })),
    leftNodes: leftNodes.filter(({ privateKeys }) => kind === 'SIGNATURE' || privateKeys),
    outlets,
    copiesMs: kind === 'OCT' ? 0 : caches + policy.verifierCacheTimeMs,
    signingLeaseMs: policy.signingLeaseMs,
    nodeRemovedAt: nodeRemovedAt === null ? null : new Date(nodeRemovedAt),
  });
}
