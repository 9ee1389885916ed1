// Which member becomes ACTIVE, when, and what that waits for. PURE.

import {
  hasConfirmed,
  outletsWithout,
  publicationOf,
  publishersOf,
  stopsServingAt,
  waitingForNodes,
} from './confirmations.ts';
import { delayOf, mostRetiring, readyAtOf } from './formulas.ts';
import { retirementOf } from './retirement.ts';
import type { ActivationCause, MemberFacts, RingFacts, RingStep, Waiting } from './ring-facts.ts';

export interface Activation {
  readonly step: RingStep | undefined;
  /** An activation is due or requested. */
  readonly wanted: boolean;
  /** It is, and a node has not confirmed. */
  readonly blocked: boolean;
  readonly waitingFor: readonly Waiting[];
  readonly activatesAt: number | null;
  readonly nextRotationAt: number | null;
  readonly lateSince: number | null;
  readonly changesAt: number | null;
}

const nothing: Activation = Object.freeze({
  step: undefined,
  wanted: false,
  blocked: false,
  waitingFor: [],
  activatesAt: null,
  nextRotationAt: null,
  lateSince: null,
  changesAt: null,
});

export function activationOf(facts: RingFacts): Activation {
  const requested = requestedOf(facts);
  if (requested) {
    const { member, force } = requested;
    return member.state === 'RETIRING' ? rollbackOf(facts, member, force) : forwardOf(facts, member, force);
  }
  return scheduledOf(facts);
}

/**
 * A request that can still be carried out. One for a member that retires was accepted before its `retireAt`: it stands where no
 * manager ran in between, and waits then until verifiers know the member again.
 */
export function requestedOf(
  facts: RingFacts,
): { readonly member: MemberFacts; readonly force: boolean } | undefined {
  const { members, requestedActivation: request } = facts;
  const member = members.find(({ version }) => version === request?.version);
  if (!request || !member) return undefined;
  const canFollow = member.state === 'STAGED' || member.state === 'NEXT' || member.state === 'RETIRING';
  return canFollow ? { member, force: request.force } : undefined;
}

/** The newest that is NEXT, else STAGED. */
export function successorOf({ members }: Pick<RingFacts, 'members'>): MemberFacts | undefined {
  return (
    members.findLast(({ state }) => state === 'NEXT') ?? members.findLast(({ state }) => state === 'STAGED')
  );
}

export function activeOf({ members }: Pick<RingFacts, 'members'>): MemberFacts | undefined {
  return members.find(({ state }) => state === 'ACTIVE');
}

/** The oldest of as many RETIRING members as a ring may have; undefined: it has fewer. */
export function retiringLimitOf({ members }: Pick<RingFacts, 'members'>): MemberFacts | undefined {
  const retiring = members.filter(({ state }) => state === 'RETIRING');
  return retiring.length >= mostRetiring ? retiring[0] : undefined;
}

/** By the interval, by `rotate`, or the first one of the ring. */
function scheduledOf(facts: RingFacts): Activation {
  const { now, policy, heldBecause, rotateRequestedAt, resumedAt } = facts;
  const active = activeOf(facts);
  const member = successorOf(facts);
  const { rotationIntervalMs } = policy;
  const dueAt =
    active && rotationIntervalMs !== null
      ? (active.activatedAt ?? active.createdAt) + rotationIntervalMs
      : null;
  const requestedAt = active ? rotateRequestedAt : (member?.createdAt ?? facts.createdAt);
  const isDue = dueAt !== null && dueAt <= now;
  const wanted = requestedAt !== null || isDue;
  if (heldBecause !== null) {
    if (!wanted) return nothing;
    const waitingFor = [...missingOf(facts, member), timeAlone('HELD')];
    return { ...nothing, wanted, waitingFor };
  }
  const readyAt = member && isPublished(member) ? readyAtOf(facts, member) : null;
  const nextRotationAt = dueAt === null ? null : Math.max(dueAt, readyAt ?? 0);
  if (!wanted) {
    return { ...nothing, nextRotationAt, changesAt: readyAt === null ? null : nextRotationAt };
  }
  const cause: ActivationCause = active ? (requestedAt === null ? 'INTERVAL' : 'REQUESTED') : 'FIRST';
  const forward = member ? towards(facts, member, cause, false) : nothing;
  // A key that is requested is not late before it can be known.
  const dueSince = Math.min(
    requestedAt === null ? Number.POSITIVE_INFINITY : requestedAt + (active ? delayOf(facts) : 0),
    isDue ? Math.max(dueAt, resumedAt ?? 0) : Number.POSITIVE_INFINITY,
  );
  const isLate = rotationIntervalMs !== null && now - dueSince > rotationIntervalMs / 10;
  return {
    ...forward,
    wanted: true,
    nextRotationAt: requestedAt === null ? nextRotationAt : forward.activatesAt,
    lateSince: isLate ? dueSince : null,
  };
}

/** By its kid: also while the ring is held. */
function forwardOf(facts: RingFacts, member: MemberFacts, force: boolean): Activation {
  const forward = towards(facts, member, 'REQUESTED', force);
  return { ...forward, nextRotationAt: forward.activatesAt };
}

function towards(facts: RingFacts, member: MemberFacts, cause: ActivationCause, force: boolean): Activation {
  const { now } = facts;
  if (!isPublished(member) || outletsWithout(facts, member).length > 0) {
    return { ...nothing, wanted: true, blocked: true, waitingFor: missingOf(facts, member) };
  }
  const oldest = activeOf(facts) ? retiringLimitOf(facts) : undefined;
  if (oldest) {
    const { pending } = retirementOf(facts, oldest);
    const waitingFor = pending.length > 0 ? waitingForNodes(pending) : [timeAlone('CACHES')];
    return { ...nothing, wanted: true, blocked: true, waitingFor, activatesAt: oldest.retireAt };
  }
  const readyAt = readyAtOf(facts, member) ?? now;
  const isReady = readyAt <= now;
  if (isReady || force) {
    const step: RingStep = { type: 'ACTIVATE', version: member.version, cause: isReady ? cause : 'FORCED' };
    return { ...nothing, step, wanted: true, activatesAt: now };
  }
  const waitingFor = [timeAlone('CACHES')];
  return { ...nothing, wanted: true, waitingFor, activatesAt: readyAt, changesAt: readyAt };
}

/** Its `retireAt` is removed first: a disconnected node would unpublish the member then. */
function rollbackOf(facts: RingFacts, member: MemberFacts, force: boolean): Activation {
  const { now, nodeRemovedAt } = facts;
  const { version, confirmedAt, pendingNodeIds, revisions } = member;
  const wanted = { ...nothing, wanted: true };
  if (member.retireAt !== null) {
    return {
      ...wanted,
      step: { type: 'SET_RETIREMENT', version, retireAt: null, confirmedAt, pendingNodeIds },
    };
  }
  const publishers = publishersOf(facts);
  const lacking = publishers.filter((node) => !hasConfirmed(node, revisions));
  const missing = lacking.filter((node) => {
    if (force && (!node.connected || node.outlet?.isFailing)) return false;
    return (stopsServingAt(node) ?? Number.POSITIVE_INFINITY) > now;
  });
  if (missing.length > 0) {
    const stops = missing.map((node) => stopsServingAt(node)).filter((at) => at !== undefined);
    const changesAt = stops.length > 0 ? Math.min(...stops) : null;
    return { ...wanted, blocked: true, waitingFor: waitingForNodes(missing), changesAt };
  }
  // A node that confirmed too late had unpublished it, and caches may hold a set without it. So had one that went on
  // serving for longer.
  const publishedAgainAt = publishers.map((node) =>
    hasConfirmed(node, revisions) ? (node.appliedAt ?? now) : Math.min(now, stopsServingAt(node) ?? now),
  );
  const lastAt = Math.max(0, nodeRemovedAt ?? 0, ...publishedAgainAt);
  const unpublished = unpublicationOf(facts, member);
  const isRecorded = (member.publishedAt ?? 0) >= unpublished.until;
  const publishedAt = isRecorded ? (member.publishedAt ?? 0) : lastAt;
  const readyAt = publishedAt >= unpublished.from ? publishedAt + delayOf(facts) : now;
  if (readyAt <= now || force) {
    return { ...wanted, step: { type: 'ROLL_BACK', version }, activatesAt: now };
  }
  const waiting = { ...wanted, waitingFor: [timeAlone('CACHES')], activatesAt: readyAt, changesAt: readyAt };
  if (isRecorded || publishedAt < unpublished.until) return waiting;
  return { ...waiting, step: { type: 'PUBLISHED_AGAIN', version, publishedAt, readyAt } };
}

/** When nodes unpublish a RETIRING member by their own clocks. Infinity: they do not. */
function unpublicationOf(
  { kind, policy }: RingFacts,
  { sentRetireAt }: MemberFacts,
): { readonly from: number; readonly until: number } {
  const at = kind === 'ENCRYPTION' || sentRetireAt === null ? Number.POSITIVE_INFINITY : sentRetireAt;
  return { from: at - policy.clockSkewMs, until: at + policy.clockSkewMs };
}

function isPublished({ state, publishedAt }: MemberFacts): boolean {
  return state === 'NEXT' && publishedAt !== null;
}

function missingOf(facts: RingFacts, member: MemberFacts | undefined): readonly Waiting[] {
  if (!member) return [];
  return waitingForNodes(
    isPublished(member) ? outletsWithout(facts, member) : publicationOf(facts, member).missing,
  );
}

function timeAlone(reason: 'CACHES' | 'HELD'): Waiting {
  return { environmentName: null, nodeName: null, reason, lastSeenAt: null };
}
