// What a transition changes. PURE: the executor writes the members that differ, the timeline and the model test go on with
// the facts.

import { activeOf, successorOf } from './activation.ts';
import { readyAtOf } from './formulas.ts';
import type { MemberFacts, RingFacts, RingStep } from './ring-facts.ts';

export interface AppliedStep {
  readonly facts: RingFacts;
  /** Versions whose content at the nodes changes. Their `revisions` become those of this step. */
  readonly sent: readonly number[];
}

/** All but STAGE, which needs a key: see `stagedMember`. */
export function applyStep(facts: RingFacts, step: Exclude<RingStep, { type: 'STAGE' }>): AppliedStep {
  const { now } = facts;
  switch (step.type) {
    case 'PUBLISHED': {
      const { version, publishedAt, readyAt } = step;
      return { facts: withMember(facts, version, { state: 'NEXT', publishedAt, readyAt }), sent: [version] };
    }
    case 'PUBLISHED_AGAIN': {
      const { version, publishedAt, readyAt } = step;
      return { facts: withMember(facts, version, { publishedAt, readyAt }), sent: [] };
    }
    case 'ACTIVATE':
      return applyActivation(facts, step.version);
    case 'ROLL_BACK': {
      const { facts: next, sent } = applyActivation(facts, step.version);
      return { facts: { ...next, heldBecause: 'ROLLBACK' }, sent };
    }
    case 'SET_RETIREMENT': {
      const { version, retireAt, confirmedAt, pendingNodeIds } = step;
      const before = facts.members.find((member) => member.version === version);
      const sentRetireAt = retireAt ?? before?.sentRetireAt ?? null;
      const next = withMember(facts, version, { retireAt, sentRetireAt, confirmedAt, pendingNodeIds });
      return { facts: next, sent: retireAt === (before?.retireAt ?? null) ? [] : [version] };
    }
    case 'RETIRE':
    case 'WITHDRAW':
      return {
        facts: withMember(withoutRequest(facts, [step.version]), step.version, {
          state: 'RETIRED',
          retiredAt: now,
          pendingNodeIds: [],
        }),
        sent: [step.version],
      };
    case 'LIMITS_CONFIRMED': {
      const { formerLimits } = facts;
      return {
        facts: { ...facts, formerLimits: formerLimits && { ...formerLimits, until: step.until } },
        sent: [],
      };
    }
    case 'ERASE_PRIVATE_PART':
      return { facts: withMember(facts, step.version, { erased: true }), sent: [] };
    default:
      return step satisfies never;
  }
}

export function applyActivation(facts: RingFacts, version: number): AppliedStep {
  const former = activeOf(facts);
  const retiring = former ? withMember(facts, former.version, unexamined('RETIRING')) : facts;
  const active = { ...unexamined('ACTIVE'), activatedAt: facts.now, hasSigned: true };
  const next = withMember(retiring, version, active);
  return {
    facts: { ...next, rotateRequestedAt: null, requestedActivation: null },
    sent: former ? [former.version, version] : [version],
  };
}

function unexamined(state: MemberFacts['state']) {
  return { state, retireAt: null, sentRetireAt: null, confirmedAt: null, pendingNodeIds: [] };
}

function withMember(facts: RingFacts, version: number, change: Partial<MemberFacts>): RingFacts {
  const members = facts.members.map((member) =>
    member.version === version ? { ...member, ...change } : member,
  );
  return { ...facts, members };
}

/** The member that STAGE makes. */
export function stagedMember(
  facts: RingFacts,
  key: Pick<MemberFacts, 'version' | 'jwkId' | 'kid' | 'revisions'>,
): MemberFacts {
  return {
    ...key,
    ...unexamined('STAGED'),
    joinedAt: {},
    createdAt: facts.now,
    publishedAt: null,
    readyAt: null,
    activatedAt: null,
    retiredAt: null,
    revokedAt: null,
    hasSigned: false,
    erased: false,
    outdated: false,
  };
}

export interface AppliedRevocation extends AppliedStep {
  /** There is no successor: one is generated, added with `stagedMember` and activated with `applyActivation`. */
  readonly needsKey: boolean;
  /** Verifiers may not know the successor yet. */
  readonly activatedBeforeReady: boolean;
}

/**
 * The members become REVOKED; where the ACTIVE one is among them, the newest that is NEXT, else STAGED, becomes ACTIVE. A
 * RETIRED member is revoked for the record.
 */
export function applyRevocation(facts: RingFacts, versions: readonly number[]): AppliedRevocation {
  const active = activeOf(facts);
  const members = facts.members.map((member) =>
    versions.includes(member.version) && member.state !== 'REVOKED'
      ? { ...member, ...unexamined('REVOKED'), revokedAt: facts.now, erased: true }
      : member,
  );
  const revoked = { ...withoutRequest(facts, versions), members };
  if (!active || !versions.includes(active.version)) {
    return { facts: revoked, sent: versions, needsKey: false, activatedBeforeReady: false };
  }
  const successor = successorOf(revoked);
  if (!successor) return { facts: revoked, sent: versions, needsKey: true, activatedBeforeReady: true };
  const { facts: next, sent } = applyActivation(revoked, successor.version);
  const readyAt = readyAtOf(facts, successor);
  const activatedBeforeReady = readyAt === null || readyAt > facts.now;
  return { facts: next, sent: [...versions, ...sent], needsKey: false, activatedBeforeReady };
}

function withoutRequest(facts: RingFacts, versions: readonly number[]): RingFacts {
  const { requestedActivation } = facts;
  const isOver = requestedActivation && versions.includes(requestedActivation.version);
  return isOver ? { ...facts, requestedActivation: null } : facts;
}
