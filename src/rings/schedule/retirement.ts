// The end of RETIRING members. PURE.

import { hasConfirmed, keyUsersOf, lastSeenAtOf, registeredAfter, stopsServingAt } from './confirmations.ts';
import { countingLimits, delayOf } from './formulas.ts';
import type { MemberFacts, NodeFacts, RingFacts, RingStep } from './ring-facts.ts';

export interface Retirement {
  readonly step: RingStep | undefined;
  /** When it is due to retire; null: not known, or a connected node still has to confirm. */
  readonly changesAt: number | null;
  /** Nodes that may still use it, as far as is known. */
  readonly pending: readonly NodeFacts[];
}

export function retirementOf(facts: RingFacts, member: MemberFacts): Retirement {
  const candidates = usersOf(facts, member);
  const pending = candidates.filter((node) => !hasConfirmed(node, member.revisions));
  const { now } = facts;
  // A node that is connected is about to confirm. Until then what was known before holds: with its lease it cannot have
  // used the member for longer, because a lease is not renewed before a node has what it was sent.
  const isAboutToConfirm = ({ connected, outlet }: NodeFacts) => connected && !outlet?.isFailing;
  if (pending.some(isAboutToConfirm)) return { step: undefined, changesAt: null, pending };
  const confirmedAt = confirmationOf(facts, member, candidates);
  const end = endOf(facts, confirmedAt, pending);
  const retireAt = isByClock(facts) ? earlier(end, member.sentRetireAt) : end;
  const pendingNodeIds = pending.map(({ id }) => id).sort();
  const known =
    member.confirmedAt !== null &&
    retireAt === member.retireAt &&
    confirmedAt === member.confirmedAt &&
    pendingNodeIds.join() === member.pendingNodeIds.join();
  if (!known) {
    const { version } = member;
    const step: RingStep = { type: 'SET_RETIREMENT', version, retireAt, confirmedAt, pendingNodeIds };
    return { step, changesAt: null, pending };
  }
  if (retireAt === null) return { step: undefined, changesAt: null, pending };
  const step: RingStep | undefined =
    retireAt <= now ? { type: 'RETIRE', version: member.version } : undefined;
  return { step, changesAt: step ? null : retireAt, pending };
}

/** Nodes decrypt until a manager withdraws the key. They neither publish nor verify with one after its `retireAt`. */
function isByClock({ kind }: RingFacts): boolean {
  return kind !== 'ENCRYPTION';
}

/**
 * What nodes were sent once is never exceeded: a disconnected node unpublishes the member then. It stays true, because the
 * node that it was computed for has the lease and the lifetime of the policy that it had.
 */
function earlier(retireAt: number | null, sentRetireAt: number | null): number | null {
  if (retireAt === null || sentRetireAt === null) return retireAt ?? sentRetireAt;
  return Math.min(retireAt, sentRetireAt);
}

/** Nodes that may have used the member, and had not stopped when last examined. */
function usersOf(facts: RingFacts, { confirmedAt, pendingNodeIds }: MemberFacts): readonly NodeFacts[] {
  const holders = keyUsersOf(facts);
  if (confirmedAt !== null) {
    const pending = new Set(pendingNodeIds);
    return holders.filter(({ id }) => pending.has(id));
  }
  return holders.filter((node) => !registeredAfter(node, lastActivationOf(facts)));
}

/** The latest time so far at which a node stopped to use it. One that was removed counts as if it had until now. */
function confirmationOf(facts: RingFacts, member: MemberFacts, candidates: readonly NodeFacts[]): number {
  const { now, nodeRemovedAt } = facts;
  const confirmed = candidates
    .filter((node) => node.appliedRevision > 0 && hasConfirmed(node, member.revisions))
    .map(({ appliedAt }) => appliedAt ?? now);
  if (member.confirmedAt !== null) {
    const isOneRemoved = candidates.length < member.pendingNodeIds.length;
    return Math.max(member.confirmedAt, ...confirmed, isOneRemoved ? now : 0);
  }
  return Math.min(now, Math.max(lastActivationOf(facts), nodeRemovedAt ?? 0, ...confirmed));
}

function lastActivationOf({ members }: RingFacts): number {
  return Math.max(...members.map(({ activatedAt }) => activatedAt ?? 0));
}

function endOf(facts: RingFacts, confirmedAt: number, pending: readonly NodeFacts[]): number | null {
  const { clockSkewMs } = facts.policy;
  const { lifetimeMs, leaseMs } = countingLimits(facts);
  const ends = pending.map((node) => {
    // What was delivered is used until something else is.
    if (node.outlet) return undefined;
    if (facts.kind === 'ENCRYPTION') return stopsServingAt(node);
    return leaseMs === null ? undefined : lastSeenAtOf(node) + leaseMs + clockSkewMs;
  });
  if (ends.includes(undefined)) return null;
  const lastUse = Math.max(confirmedAt, ...ends.filter((end) => end !== undefined));
  // A change of A + W counts until messages that were encrypted to the last cached set are over.
  const since = facts.now - lifetimeMs - clockSkewMs;
  const cachedMs = facts.kind === 'ENCRYPTION' ? delayOf({ ...facts, now: since }) : 0;
  return lastUse + cachedMs + lifetimeMs + clockSkewMs;
}

/**
 * Every node that may use keys has the present policy: see `FormerLimits`. How long messages wait is not up to nodes.
 */
export function limitsConfirmed(facts: RingFacts): RingStep | undefined {
  const { now, kind, formerLimits, policy } = facts;
  if (!formerLimits || formerLimits.until !== null) return undefined;
  const { leaseMs } = countingLimits(facts);
  const goesByFormer = (node: NodeFacts) => {
    // A key that is delivered is not bound to the policy.
    if (node.outlet) return false;
    if (hasConfirmed(node, formerLimits.revisions)) return false;
    return node.connected || leaseMs === null || now < lastSeenAtOf(node) + leaseMs + policy.clockSkewMs;
  };
  if (kind !== 'ENCRYPTION' && keyUsersOf(facts).some(goesByFormer)) return undefined;
  const cachedMs = kind === 'ENCRYPTION' ? delayOf(facts) : 0;
  const until = now + cachedMs + formerLimits.maxTokenLifetimeMs + policy.clockSkewMs;
  return { type: 'LIMITS_CONFIRMED', until };
}
