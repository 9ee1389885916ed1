// Generates the keys of a ring. Generation takes up to seconds of a thread, so it comes before the transaction.

import type { PrivateJwk } from '../jose/jwk.ts';
import { passwordUse } from '../jwks/allowances.ts';
import { generateJwkOf } from '../jwks/generate/planned-key.ts';
import { jwkColumns } from '../jwks/insert-jwk.ts';
import { holdersOf, withFreeKid } from '../jwks/published-kid.ts';
import type { RingMember } from '../jwks/ring-member.ts';
import { newId } from '../new-id.ts';
import type { KeyRing } from './ring.ts';
import type { RingDraft } from './ring-draft.ts';
import { memberName } from './ring-names.ts';
import { generationOf, nextPlan } from './ring-parameters.ts';
import type { RingRuleOptions, RingRuleStores } from './ring-rules.ts';
import type { MemberJwk } from './ring-store.ts';
import { stagedMember } from './schedule/apply-step.ts';
import type { RingFacts } from './schedule/ring-facts.ts';

export interface GeneratedKey {
  readonly jwk: PrivateJwk;
  /** See `generationOf`. */
  readonly generation: string;
  readonly password: { readonly passwordSaltLength: number; readonly passwordIterationCount: number };
}

type Generated = Pick<KeyRing, 'type' | 'parameters'>;

export async function generateKey(ring: Generated, clock: () => Date): Promise<GeneratedKey> {
  const plan = nextPlan(ring);
  const jwk = await generateJwkOf(plan, undefined, clock);
  return { jwk, generation: generationOf(ring), password: plan.password };
}

/** Whether keys of the ring take a thread and a while to generate. */
export function isSlowToGenerate({ type }: Pick<KeyRing, 'type'>): boolean {
  return type === 'RSA';
}

/** Adds it to the ring under the next version. @throws KeyplaneError `bad_request` where its name or kid is taken */
export async function addMember(
  stores: RingRuleStores,
  { sealer }: Pick<RingRuleOptions, 'sealer'>,
  draft: RingDraft,
  { jwk, generation, password }: GeneratedKey,
): Promise<MemberJwk> {
  const { ring, now } = draft;
  const id = newId(now.getTime());
  const row: MemberJwk = {
    id,
    projectId: ring.projectId,
    name: memberName(ring.name, ring.nextVersion),
    description: null,
    sourceType: 'GENERATE',
    sourceId: null,
    sourceUrl: null,
    ...(jwk.alg?.startsWith('PBES2-')
      ? { source: { ...password }, operations: passwordUse(password) }
      : { source: {} }),
    notBeforeTime: null,
    expirationTime: null,
    ...jwkColumns(sealer, id, jwk),
    member: newMember(ring, generation),
    createdAt: now,
    updatedAt: now,
  };
  const holders = await holdersOf(stores, row);
  const { stored } = await withFreeKid(stores, { stored: row, jwk }, { canReplaceKid: true, holders });
  const member: MemberJwk = { ...stored, member: row.member };
  const { version } = member.member;
  draft.add(member, withStaged(draft.facts, { version, jwkId: member.id, kid: member.kid, revisions: {} }));
  return member;
}

function withStaged(facts: RingFacts, key: Parameters<typeof stagedMember>[1]): RingFacts {
  return { ...facts, members: [...facts.members, stagedMember(facts, key)] };
}

export function newMember({ id, nextVersion }: KeyRing, generation: RingMember['generation']): RingMember {
  return {
    ringId: id,
    version: nextVersion,
    state: 'STAGED',
    revisions: {},
    joinedAt: {},
    publishedAt: null,
    readyAt: null,
    activatedAt: null,
    retireAt: null,
    sentRetireAt: null,
    retiredAt: null,
    revokedAt: null,
    revokedReason: null,
    confirmedAt: null,
    pendingNodeIds: [],
    hasSigned: false,
    erasedAt: null,
    generation,
  };
}
