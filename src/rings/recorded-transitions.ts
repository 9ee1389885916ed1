// What the audit log knows of the past of a ring's members and their rows do not: the cause of each activation, and those
// that a later one replaced in the row.

import type { AuditRecord, AuditStore } from '../audit/audit-log.ts';
import { type MemberState, memberStates, revocationReasons } from '../jwks/ring-member.ts';
import type { MemberFacts, RingFacts } from './schedule/ring-facts.ts';
import { type RecordedCause, type RecordedTransition, recordedCauses } from './schedule/timeline.ts';

const actions = Object.freeze(['keyring.activate', 'keyring.supersede']);

/** Oldest first. Transitions exclude other writes, so none of their records is open. */
export async function recordedTransitions(
  { audit }: { readonly audit: AuditStore },
  { members }: Pick<RingFacts, 'members'>,
): Promise<readonly RecordedTransition[]> {
  const activated = members.filter(({ activatedAt }) => activatedAt !== null);
  const byJwk = new Map(activated.map((member) => [member.jwkId, member]));
  const records = await audit.ofObjects([...byJwk.keys()], actions);
  const found = records.flatMap((record) => {
    const member = byJwk.get(record.objectId ?? '');
    return member ? [{ member, transition: transitionOf(record, member) }] : [];
  });
  return timed(found);
}

interface Found {
  readonly member: MemberFacts;
  readonly transition: RecordedTransition;
}

/** At the time of the database, which rows have; where a row has a later one, at that of the manager that recorded it. */
function timed(found: readonly Found[]): readonly RecordedTransition[] {
  const activations = found.filter(({ transition }) => transition.to === 'ACTIVE');
  const last = new Set(new Map(activations.map((one) => [one.member.version, one])).values());
  const timeOf = (one: Found) => (last.has(one) && one.member.activatedAt) || one.transition.at;
  return found.map((one, index) => {
    const { transition } = one;
    if (transition.to === 'ACTIVE') return { ...transition, at: timeOf(one) };
    // The record of the activation in the same transaction is beside it.
    const [cause] = [found[index - 1], found[index + 1]]
      .filter((other) => other?.transition.to === 'ACTIVE' && other.member !== one.member)
      .sort((a, b) => distance(a, transition) - distance(b, transition));
    return { ...transition, at: cause ? timeOf(cause) : transition.at };
  });
}

function distance(found: Found | undefined, { at }: RecordedTransition): number {
  return Math.abs((found?.transition.at ?? 0) - at);
}

function transitionOf({ at, details }: AuditRecord, { version }: MemberFacts): RecordedTransition {
  const to = details.to === 'ACTIVE' ? 'ACTIVE' : 'RETIRING';
  const cause = to === 'RETIRING' ? 'REPLACED' : causeOf(details.cause);
  return { version, at: at.getTime(), from: stateOf(details.from), to, cause };
}

/** The record of a revocation has its reason in each member that it moved. */
function causeOf(given: unknown): RecordedCause | null {
  if (revocationReasons.some((reason) => reason === given)) return 'REVOKED';
  return recordedCauses.find((cause) => cause === given) ?? null;
}

function stateOf(given: unknown): MemberState | null {
  return memberStates.find((state) => state === given) ?? null;
}
