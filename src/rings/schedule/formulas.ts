// The times of a rotation. PURE. `docs/rotation.md` explains them.

import type { FormerCaches, MemberFacts, PolicyFacts, RingFacts } from './ring-facts.ts';

export const erasedAfterMs = 30 * 86_400_000;
export const mostRetiring = 5;

/** D: how long after its publication verifiers may not know a key. */
export function publicationDelayMs(
  kind: RingFacts['kind'],
  policy: Pick<PolicyFacts, 'verifierCacheTimeMs' | 'clockSkewMs'>,
  cachesMs: number,
): number {
  return kind === 'OCT' ? policy.clockSkewMs : cachesMs + policy.verifierCacheTimeMs + policy.clockSkewMs;
}

/**
 * A + W that counts now. A body that was served just before a change lives as long as it was served for, in a shared
 * cache, and then as long as a verifier keeps it.
 */
export function countingCachesMs(
  now: number,
  cachesMs: number,
  former: FormerCaches | null,
  { verifierCacheTimeMs, clockSkewMs }: Pick<PolicyFacts, 'verifierCacheTimeMs' | 'clockSkewMs'>,
): number {
  if (!former || former.ms <= cachesMs) return cachesMs;
  const counts =
    former.confirmedAt === null || now < former.confirmedAt + former.ms + verifierCacheTimeMs + clockSkewMs;
  return counts ? former.ms : cachesMs;
}

/** D of a ring, now. */
export function delayOf({ now, kind, policy, cachesMs, formerCaches }: RingFacts): number {
  return publicationDelayMs(kind, policy, countingCachesMs(now, cachesMs, formerCaches, policy));
}

/**
 * When verifiers know a member that is published; null: it is not. By the policy of now, not by that of its
 * publication. No verifier had the set before the first member of a ring was in it; nodes need no time to decrypt.
 */
export function readyAtOf(facts: RingFacts, { version, publishedAt }: MemberFacts): number | null {
  if (publishedAt === null) return null;
  return version === 1 || facts.kind === 'ENCRYPTION' ? publishedAt : publishedAt + delayOf(facts);
}

/** The larger of the present and the former limits, as long as those count. */
export function countingLimits({ now, policy, formerLimits }: RingFacts): {
  readonly lifetimeMs: number;
  readonly leaseMs: number | null;
} {
  const { maxTokenLifetimeMs, signingLeaseMs } = policy;
  if (!formerLimits || (formerLimits.until !== null && now >= formerLimits.until)) {
    return { lifetimeMs: maxTokenLifetimeMs, leaseMs: signingLeaseMs };
  }
  const lifetimeMs = Math.max(maxTokenLifetimeMs, formerLimits.maxTokenLifetimeMs);
  const endless = signingLeaseMs === null || formerLimits.signingLeaseMs === null;
  return { lifetimeMs, leaseMs: endless ? null : Math.max(signingLeaseMs, formerLimits.signingLeaseMs) };
}
