// What happens to a key ring next. PURE: facts in, one transition out. The scheduler, requests, the timeline and the
// model test all use it.

import { activationOf, requestedOf, successorOf } from './activation.ts';
import { publicationOf } from './confirmations.ts';
import { erasedAfterMs, readyAtOf } from './formulas.ts';
import { limitsConfirmed, retirementOf } from './retirement.ts';
import type { MemberFacts, RingDecision, RingFacts, RingStep } from './ring-facts.ts';

/** A transition that is due, or when the next one is. */
interface Outlook {
  readonly step: RingStep | undefined;
  readonly changesAt: number | null;
  readonly waitsForNodes: boolean;
}

export function decide(facts: RingFacts): RingDecision {
  const activation = activationOf(facts);
  const outlooks: readonly Outlook[] = [
    ...retirements(facts),
    stepAlone(withdrawal(facts)),
    ...publications(facts),
    { ...activation, waitsForNodes: activation.blocked },
    stepAlone(staging(facts)),
    stepAlone(limitsConfirmed(facts)),
    ...erasures(facts),
  ];
  const step = outlooks.find((outlook) => outlook.step)?.step;
  const times = outlooks.map(({ changesAt }) => changesAt).filter((time) => time !== null);
  return {
    step,
    state: stateOf(facts, activation),
    lateSince: activation.lateSince,
    nextRotationAt: activation.nextRotationAt,
    activatesAt: activation.activatesAt,
    waitingFor: activation.waitingFor,
    changesAt: times.length === 0 ? null : Math.min(...times),
    waitsForNodes: outlooks.some(({ waitsForNodes }) => waitsForNodes),
  };
}

function stateOf(facts: RingFacts, activation: { wanted: boolean; blocked: boolean }): RingDecision['state'] {
  if (facts.isRevoking) return 'REVOKING';
  if (facts.heldBecause !== null) return 'HELD';
  if (activation.blocked) return 'BLOCKED';
  return activation.wanted ? 'ROTATING' : 'STEADY';
}

function stepAlone(step: RingStep | undefined): Outlook {
  return { step, changesAt: null, waitsForNodes: false };
}

/** The end of a member that is to be activated again is not settled. */
function retirements(facts: RingFacts): readonly Outlook[] {
  const kept = requestedOf(facts)?.member;
  return facts.members
    .filter((member) => member.state === 'RETIRING' && member !== kept)
    .map((member) => {
      const { step, changesAt, pending } = retirementOf(facts, member);
      return { step, changesAt, waitsForNodes: pending.length > 0 };
    });
}

function publications(facts: RingFacts): readonly Outlook[] {
  return facts.members.filter(isUnpublished).map((member) => {
    const { publishedAt, missing, changesAt } = publicationOf(facts, member);
    if (publishedAt === null) return { step: undefined, changesAt, waitsForNodes: missing.length > 0 };
    const readyAt = readyAtOf(facts, { ...member, publishedAt }) ?? publishedAt;
    return stepAlone({ type: 'PUBLISHED', version: member.version, publishedAt, readyAt });
  });
}

function isUnpublished({ state, publishedAt }: MemberFacts): boolean {
  return state === 'STAGED' || (state === 'NEXT' && publishedAt === null);
}

function withdrawal({ members }: RingFacts): RingStep | undefined {
  const outdated = members.find(
    ({ state, hasSigned, outdated }) => outdated && !hasSigned && (state === 'STAGED' || state === 'NEXT'),
  );
  return outdated && { type: 'WITHDRAW', version: outdated.version };
}

/** A successor is always there, so that a compromise costs no waiting. */
function staging(facts: RingFacts): RingStep | undefined {
  return successorOf(facts) ? undefined : { type: 'STAGE' };
}

function erasures({ now, members }: RingFacts): readonly Outlook[] {
  return members
    .filter(({ state, erased }) => !erased && (state === 'RETIRED' || state === 'REVOKED'))
    .map(({ version, state, retiredAt }) => {
      const at = state === 'REVOKED' ? now : (retiredAt ?? now) + erasedAfterMs;
      if (at > now) return { step: undefined, changesAt: at, waitsForNodes: false };
      return stepAlone({ type: 'ERASE_PRIVATE_PART', version });
    });
}
