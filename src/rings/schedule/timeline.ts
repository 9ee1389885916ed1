// The transitions of a ring, past and planned. PURE: planned ones are what `decide` does as time goes on, if every node
// confirms at once.

import type { MemberState } from '../../jwks/ring-member.ts';
import { activeOf } from './activation.ts';
import { applyStep, stagedMember } from './apply-step.ts';
import { decide } from './decide.ts';
import { countingLimits, delayOf } from './formulas.ts';
import { activationCauses, type MemberFacts, type RingFacts, type RingStep } from './ring-facts.ts';

export const recordedCauses = Object.freeze([
  ...activationCauses,
  'ROLLBACK',
  'ADOPTED',
  'REPLACED',
] as const);
export type RecordedCause = (typeof recordedCauses)[number];

export const transitionCauses = Object.freeze([
  'CREATED',
  'CONFIRMED',
  ...recordedCauses,
  'EXPIRED',
  'WITHDRAWN',
] as const);
/** Null: of a past activation that no record tells the cause of. */
export type TransitionCause = (typeof transitionCauses)[number] | null;

/** A transition to ACTIVE or RETIRING, which can happen to a member again and again: its facts have the last one only. */
export interface RecordedTransition {
  readonly version: number;
  readonly at: number;
  readonly from: MemberState | null;
  readonly to: 'ACTIVE' | 'RETIRING';
  readonly cause: RecordedCause | null;
}

export interface TimelineOptions {
  /** Of the past, oldest first; empty where nothing is recorded. */
  readonly recorded?: readonly RecordedTransition[];
  /** How many activations are planned at most. */
  readonly rotations?: number;
}

export interface TimelineRow {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly version: number;
  /** Null: the key is not yet generated. */
  readonly kid: string | null;
  /** Null: it did not exist. */
  readonly from: MemberState | null;
  readonly to: MemberState;
  readonly planned: boolean;
  readonly cause: TransitionCause;
}

/** By time. */
export function timelineOf(facts: RingFacts, options: TimelineOptions = {}): readonly TimelineRow[] {
  const { recorded = [], rotations = 3 } = options;
  return [...pastOf(facts, recorded), ...plannedOf(facts, rotations)];
}

function pastOf({ members }: RingFacts, recorded: readonly RecordedTransition[]): readonly TimelineRow[] {
  const byVersion = Map.groupBy(recorded, ({ version }) => version);
  const rowsOfMember = (member: MemberFacts) =>
    pastOfMember(member, { members, recorded: byVersion.get(member.version) ?? [] });
  return members.flatMap(rowsOfMember).sort((a, b) => a.at - b.at);
}

interface MemberPast {
  readonly members: readonly MemberFacts[];
  /** Of the member alone. */
  readonly recorded: readonly RecordedTransition[];
}

function pastOfMember(member: MemberFacts, past: MemberPast): readonly TimelineRow[] {
  const { version, kid, createdAt, publishedAt, activatedAt, retiredAt, revokedAt, hasSigned } = member;
  const rows: TimelineRow[] = [];
  let from: MemberState | null = null;
  const add = (at: number, to: MemberState, cause: TransitionCause) => {
    rows.push({ at, version, kid, from, to, planned: false, cause });
    from = to;
  };
  const isAdopted = past.recorded.some((one) => one.to === 'ACTIVE' && one.from === null);
  if (!isAdopted) {
    add(createdAt, 'STAGED', 'CREATED');
    if (publishedAt !== null) add(publishedAt, 'NEXT', 'CONFIRMED');
  }
  if (activatedAt !== null) {
    const last = past.recorded.findLastIndex(({ to }) => to === 'ACTIVE');
    for (const { at, to, cause } of past.recorded.slice(0, Math.max(0, last))) add(at, to, cause);
    const isRollback = past.members.some(
      (other) => other.version > version && wasActiveBefore(other, activatedAt),
    );
    if (isRollback) from = 'RETIRING';
    const inferred = isRollback ? 'ROLLBACK' : version === 1 ? 'FIRST' : null;
    add(activatedAt, 'ACTIVE', past.recorded[last]?.cause ?? inferred);
    const replacedAt = replacementOf(activatedAt, past);
    if (replacedAt !== undefined && replacedAt < (revokedAt ?? Number.POSITIVE_INFINITY)) {
      add(replacedAt, 'RETIRING', 'REPLACED');
    }
  }
  if (retiredAt !== null) add(retiredAt, 'RETIRED', hasSigned ? 'EXPIRED' : 'WITHDRAWN');
  if (revokedAt !== null) add(revokedAt, 'REVOKED', 'REVOKED');
  return rows;
}

function wasActiveBefore({ activatedAt }: MemberFacts, time: number): boolean {
  return activatedAt !== null && activatedAt < time;
}

/** When another member became ACTIVE instead. A later rollback hides that from the facts of the other, not from the record. */
function replacementOf(activatedAt: number, { members, recorded }: MemberPast): number | undefined {
  const isReplaced = recorded.at(-1)?.to === 'RETIRING';
  const later = members.map((member) => member.activatedAt ?? 0).filter((time) => time > activatedAt);
  const times = isReplaced ? [...later, recorded.at(-1)?.at ?? 0] : later;
  return times.length === 0 ? undefined : Math.min(...times);
}

/** A limit on what a policy of seconds can plan; each member has five transitions. */
const mostRows = 500;

function plannedOf(facts: RingFacts, rotations: number): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  let simulated = withConfirmingNodes(facts);
  let activations = 0;
  while (rows.length < mostRows) {
    const { step, changesAt } = decide(simulated);
    if (step) {
      if (step.type === 'ACTIVATE') activations += 1;
      if (activations > rotations) break;
      rows.push(...rowsOf(simulated, step));
      simulated = afterStep(simulated, step);
      continue;
    }
    if (changesAt === null || changesAt <= simulated.now) break;
    simulated = { ...simulated, now: changesAt };
  }
  return rows;
}

/** Without nodes and outlets nothing is waited for, and what they have not confirmed yet counts as confirmed now. */
function withConfirmingNodes(facts: RingFacts): RingFacts {
  const { now } = facts;
  const members = facts.members.map((member) => {
    const { state, retireAt } = member;
    if (state !== 'RETIRING' || retireAt === null) return member;
    return { ...member, confirmedAt: retireAt - validityAfterUse(facts), pendingNodeIds: [] };
  });
  return { ...facts, members, nodes: [], leftNodes: [], outlets: [], nodeRemovedAt: now };
}

function validityAfterUse(facts: RingFacts): number {
  const cachedMs = facts.kind === 'ENCRYPTION' ? delayOf(facts) : 0;
  return cachedMs + countingLimits(facts).lifetimeMs + facts.policy.clockSkewMs;
}

function afterStep(facts: RingFacts, step: RingStep): RingFacts {
  if (step.type !== 'STAGE') return applyStep(facts, step).facts;
  const version = nextVersionOf(facts);
  const key = { version, jwkId: '', kid: '', revisions: {} };
  return { ...facts, members: [...facts.members, stagedMember(facts, key)] };
}

function nextVersionOf({ members }: RingFacts): number {
  return 1 + Math.max(0, ...members.map(({ version }) => version));
}

function rowsOf(facts: RingFacts, step: RingStep): readonly TimelineRow[] {
  const row = (version: number, to: MemberState, cause: TransitionCause): TimelineRow => {
    const member = facts.members.find((one) => one.version === version);
    return {
      at: facts.now,
      version,
      kid: member?.kid ? member.kid : null,
      from: member?.state ?? null,
      to,
      planned: true,
      cause,
    };
  };
  const active = activeOf(facts);
  const replaced = active ? [row(active.version, 'RETIRING', 'REPLACED')] : [];
  switch (step.type) {
    case 'STAGE':
      return [row(nextVersionOf(facts), 'STAGED', 'CREATED')];
    case 'PUBLISHED':
      return [row(step.version, 'NEXT', 'CONFIRMED')];
    case 'ACTIVATE':
      return [...replaced, row(step.version, 'ACTIVE', step.cause)];
    case 'ROLL_BACK':
      return [...replaced, row(step.version, 'ACTIVE', 'ROLLBACK')];
    case 'RETIRE':
      return [row(step.version, 'RETIRED', 'EXPIRED')];
    case 'WITHDRAW':
      return [row(step.version, 'RETIRED', 'WITHDRAWN')];
    case 'PUBLISHED_AGAIN':
    case 'SET_RETIREMENT':
    case 'LIMITS_CONFIRMED':
    case 'ERASE_PRIVATE_PART':
      return [];
    default:
      return step satisfies never;
  }
}
