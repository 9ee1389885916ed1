// A ring and its members while a transaction changes them. What they become is stored, desired and recorded at once, so
// that nodes get a transition as one step.

import type { AuditEvent } from '../audit/audit-log.ts';
import type { DeploymentTarget } from '../deployments/put-desired-state.ts';
import type { MemberState, RingMember } from '../jwks/ring-member.ts';
import { laterThan } from '../materials/optimistic-update.ts';
import { recordTransitions } from './record-ring-events.ts';
import type { KeyRing } from './ring.ts';
import { putDesiredRing } from './ring-content.ts';
import type { LoadedRing } from './ring-facts-of.ts';
import type { RingRuleOptions, RingRuleStores } from './ring-rules.ts';
import type { MemberJwk } from './ring-store.ts';
import type { AppliedStep } from './schedule/apply-step.ts';
import type { MemberFacts, RingFacts } from './schedule/ring-facts.ts';

export class RingDraft {
  readonly now: Date;
  #ring: KeyRing;
  #facts: RingFacts;
  readonly #members: Map<number, MemberJwk>;
  /** By version, before anything was changed. */
  readonly #statesBefore: ReadonlyMap<number, MemberState>;
  readonly #added = new Set<number>();
  readonly #changed = new Set<number>();
  /** Nodes get these in another state: the revision of that becomes theirs. */
  readonly #sent = new Set<number>();

  constructor({ ring, members, facts, now }: Pick<LoadedRing, 'ring' | 'members' | 'facts' | 'now'>) {
    this.now = now;
    this.#ring = ring;
    this.#facts = facts;
    this.#members = new Map(members.map((jwk) => [jwk.member.version, jwk]));
    this.#statesBefore = new Map(members.map(({ member }) => [member.version, member.state]));
  }

  get ring(): KeyRing {
    return this.#ring;
  }

  get facts(): RingFacts {
    return this.#facts;
  }

  /** Ascending by version. */
  get members(): readonly MemberJwk[] {
    return [...this.#members.values()].sort((a, b) => a.member.version - b.member.version);
  }

  get added(): ReadonlySet<number> {
    return this.#added;
  }

  get changed(): ReadonlySet<number> {
    return this.#changed;
  }

  /** Those that are in another state than before, or were not there. */
  get moved(): readonly MemberJwk[] {
    return this.members.filter(({ member }) => this.#statesBefore.get(member.version) !== member.state);
  }

  get sent(): ReadonlySet<number> {
    return this.#sent;
  }

  /** @throws TypeError for a version that the ring has not */
  member(version: number): MemberJwk {
    const jwk = this.#members.get(version);
    if (jwk === undefined) throw new TypeError(`the ring has no version ${version}`);
    return jwk;
  }

  setRing(change: Partial<Omit<KeyRing, 'id' | 'projectId' | 'name'>>): void {
    this.#ring = { ...this.#ring, ...change };
  }

  /** What a step made of the facts. */
  take({ facts, sent }: Pick<AppliedStep, 'facts' | 'sent'>): void {
    const { heldBecause, rotateRequestedAt, requestedActivation, formerLimits } = facts;
    const { ring } = this;
    this.setRing({
      heldBecause,
      rotateRequestedAt: dateOf(rotateRequestedAt),
      requestedActivation: requestedActivation && ring.requestedActivation,
      formerLimits: formerLimits &&
        ring.formerLimits && { ...ring.formerLimits, until: dateOf(formerLimits.until) },
    });
    for (const member of facts.members) this.#takeMember(member);
    for (const version of sent) {
      this.#changed.add(version);
      this.#sent.add(version);
    }
    this.#facts = facts;
  }

  /** Adds a member of the ring's next version. */
  add(jwk: MemberJwk, facts: RingFacts): void {
    this.adopt(jwk, facts);
    this.#added.add(jwk.member.version);
  }

  /** The same for a JWK that is stored already. */
  adopt(jwk: MemberJwk, facts: RingFacts): void {
    const { version } = jwk.member;
    this.#members.set(version, jwk);
    this.#changed.add(version);
    this.#sent.add(version);
    this.setRing({ nextVersion: version + 1 });
    this.#facts = facts;
  }

  /** What is about a member and no step changes. */
  note(version: number, change: Partial<RingMember>): void {
    const jwk = this.member(version);
    this.#members.set(version, { ...jwk, member: { ...jwk.member, ...change } });
    this.#changed.add(version);
  }

  #takeMember(facts: MemberFacts): void {
    if (facts === this.#facts.members.find(({ version }) => version === facts.version)) return;
    const jwk = this.member(facts.version);
    const isErased = facts.erased && jwk.member.erasedAt === null;
    this.#members.set(facts.version, {
      ...jwk,
      ...(isErased && { privateMembers: null }),
      updatedAt: laterThan(jwk.updatedAt, this.now),
      member: {
        ...jwk.member,
        state: facts.state,
        publishedAt: dateOf(facts.publishedAt),
        readyAt: dateOf(facts.readyAt),
        activatedAt: dateOf(facts.activatedAt),
        retireAt: dateOf(facts.retireAt),
        sentRetireAt: dateOf(facts.sentRetireAt),
        retiredAt: dateOf(facts.retiredAt),
        revokedAt: dateOf(facts.revokedAt),
        confirmedAt: dateOf(facts.confirmedAt),
        pendingNodeIds: facts.pendingNodeIds,
        hasSigned: facts.hasSigned,
        erasedAt: isErased ? this.now : jwk.member.erasedAt,
      },
    });
    this.#changed.add(facts.version);
  }
}

export interface StoredDraft {
  readonly targets: readonly DeploymentTarget[];
  readonly revisions: Readonly<Record<string, number>>;
}

/** In the caller's transaction. */
export async function storeDraft(
  stores: RingRuleStores,
  { sealer, audit }: Pick<RingRuleOptions, 'sealer' | 'audit'>,
  draft: RingDraft,
  { projectName, events, isNewRing, withRevisions }: DraftFacts,
): Promise<StoredDraft> {
  if (isNewRing) await stores.rings.insert(draft.ring);
  const { members } = draft;
  const targets = await putDesiredRing(stores, { ring: draft.ring, members, projectName, sealer });
  const revisions = Object.fromEntries(
    targets.map(({ environmentId, revision }) => [environmentId, revision]),
  );
  for (const version of draft.changed) {
    const jwk = draft.member(version);
    const stored = draft.sent.has(version) ? { ...jwk, member: { ...jwk.member, revisions } } : jwk;
    if (draft.added.has(version)) await stores.jwks.insert(stored);
    else await stores.jwks.update(stored);
  }
  if (withRevisions) draft.setRing(withRevisions(revisions));
  if (!isNewRing) await stores.rings.update(draft.ring);
  for (const event of events) await audit.append(stores, event);
  await recordTransitions(stores, draft);
  return { targets, revisions };
}

interface DraftFacts {
  readonly projectName: string;
  readonly events: readonly AuditEvent[];
  readonly isNewRing?: true;
  /** What the ring has to know about the revisions; it is in nothing that nodes get. */
  readonly withRevisions?: (revisions: Readonly<Record<string, number>>) => Partial<KeyRing>;
}

export function dateOf(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}
