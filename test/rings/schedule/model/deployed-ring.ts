// What environments deploy of the ring, and what a change of its policy leaves to count.

import type { FormerLimitFacts, RingFacts } from '../../../../src/rings/schedule/ring-facts.ts';
import type { Content } from './simulated-node.ts';

export function contentOfRing({ members, policy, cachesMs, kind }: RingFacts, revision: number): Content {
  let usable = 0;
  let active = 0;
  let revoked = 0;
  const retireAt: (number | undefined)[] = [];
  for (const { version, state, retireAt: at } of members) {
    if (state === 'REVOKED') revoked |= 1 << version;
    else if (state !== 'RETIRED') usable |= 1 << version;
    if (state === 'ACTIVE') active = version;
    if (state === 'RETIRING' && at !== null && kind !== 'ENCRYPTION') retireAt[version] = at;
  }
  const { maxTokenLifetimeMs: lifetimeMs, signingLeaseMs } = policy;
  const leaseMs = kind === 'ENCRYPTION' ? null : signingLeaseMs;
  return { revision, usable, active, retireAt, revoked, lifetimeMs, leaseMs, cachesMs };
}

export function formerLimitsOf(
  { policy: old, formerLimits: former, now }: RingFacts,
  revisions: FormerLimitFacts['revisions'],
): FormerLimitFacts {
  const counts = former !== null && (former.until === null || now < former.until);
  const lifetimeMs = Math.max(old.maxTokenLifetimeMs, counts ? former.maxTokenLifetimeMs : 0);
  const leases = [old.signingLeaseMs, counts ? former.signingLeaseMs : 0];
  const leaseMs = leases.includes(null) ? null : Math.max(...leases.map((lease) => lease ?? 0));
  return {
    maxTokenLifetimeMs: lifetimeMs,
    signingLeaseMs: leaseMs,
    revisions,
    until: null,
  };
}

/** Members that verifiers may know, as bits. */
export function publishedOf({ members }: RingFacts): number {
  let published = 0;
  // A revocation activates a member also before every node has confirmed it.
  for (const { version, publishedAt, activatedAt } of members) {
    if (publishedAt !== null || activatedAt !== null) published |= 1 << version;
  }
  return published;
}
