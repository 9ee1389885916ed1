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
  const found = new Found();
  findRetirements(facts, found);
  found.addStep(withdrawal(facts));
  findPublications(facts, found);
  found.add({ ...activation, waitsForNodes: activation.blocked });
  found.addStep(staging(facts));
  found.addStep(limitsConfirmed(facts));
  findErasures(facts, found);
  const { step, changesAt, waitsForNodes } = found;
  return {
    step,
    state: stateOf(facts, activation),
    lateSince: activation.lateSince,
    nextRotationAt: activation.nextRotationAt,
    activatesAt: activation.activatesAt,
    waitingFor: activation.waitingFor,
    changesAt,
    waitsForNodes,
  };
}

/** The first step of all, and the earliest time. */
class Found implements Outlook {
  step: RingStep | undefined;
  changesAt: number | null = null;
  waitsForNodes = false;

  addStep(step: RingStep | undefined): void {
    this.step ??= step;
  }

  addTime(time: number): void {
    this.changesAt = Math.min(this.changesAt ?? time, time);
  }

  add({ step, changesAt, waitsForNodes }: Outlook): void {
    this.addStep(step);
    if (changesAt !== null) this.addTime(changesAt);
    this.waitsForNodes ||= waitsForNodes;
  }
}

function stateOf(facts: RingFacts, activation: { wanted: boolean; blocked: boolean }): RingDecision['state'] {
  if (facts.isRevoking) return 'REVOKING';
  if (facts.heldBecause !== null) return 'HELD';
  if (activation.blocked) return 'BLOCKED';
  return activation.wanted ? 'ROTATING' : 'STEADY';
}

/** The end of a member that is to be activated again is not settled. */
function findRetirements(facts: RingFacts, found: Found): void {
  const kept = requestedOf(facts)?.member;
  for (const member of facts.members) {
    if (member.state !== 'RETIRING' || member === kept) continue;
    const { step, changesAt, pending } = retirementOf(facts, member);
    found.add({ step, changesAt, waitsForNodes: pending.length > 0 });
  }
}

function findPublications(facts: RingFacts, found: Found): void {
  for (const member of facts.members) {
    if (!isUnpublished(member)) continue;
    const { publishedAt, missing, changesAt } = publicationOf(facts, member);
    if (publishedAt === null) {
      found.add({ step: undefined, changesAt, waitsForNodes: missing.length > 0 });
      continue;
    }
    const readyAt = readyAtOf(facts, { ...member, publishedAt }) ?? publishedAt;
    found.addStep({ type: 'PUBLISHED', version: member.version, publishedAt, readyAt });
  }
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

function findErasures({ now, members }: RingFacts, found: Found): void {
  for (const { version, state, retiredAt, erased } of members) {
    if (erased || (state !== 'RETIRED' && state !== 'REVOKED')) continue;
    const at = state === 'REVOKED' ? now : (retiredAt ?? now) + erasedAfterMs;
    if (at > now) found.addTime(at);
    else found.addStep({ type: 'ERASE_PRIVATE_PART', version });
  }
}
