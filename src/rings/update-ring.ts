// Update key ring: its description, its policy, and what its next members are generated with. What is left out stays.

import type { ProjectScope } from '../access/caller.ts';
import { type ChangeResult, withWarnings } from '../deployments/deployment-result.ts';
import { readEnvironmentIds } from '../environments/reached-environment.ts';
import { badRequest } from '../errors.ts';
import { durationInHours } from '../iso-duration.ts';
import { keyTypeMember } from '../jose/key-type-name.ts';
import { useToUseType } from '../jose/use-type.ts';
import type { GenerateParameters } from '../jwks/generate/generate-plan.ts';
import { requireSameName } from '../materials/optimistic-update.ts';
import { requireNoPrivateOutlet } from '../outlets/outlet-uses.ts';
import { requireLifetimeOfProfiles } from '../token-profiles/profile-uses.ts';
import { policyDetails, requirePolicyOf } from './create-ring.ts';
import { recordJoinedEnvironments } from './joined-environment.ts';
import type { FormerLimits, KeyRing } from './ring.ts';
import { RingDraft, storeDraft } from './ring-draft.ts';
import { ringEvent } from './ring-event.ts';
import { type LoadedRing, loadRing } from './ring-facts-of.ts';
import { type RingParameters, readRingParameters } from './ring-parameters.ts';
import { policyFacts, readPolicy } from './ring-policy.ts';
import { type RingRequest, requireKeyHolder } from './ring-request.ts';
import { type RingRuleStores, requireRing } from './ring-rules.ts';
import { countingLimits, delayOf } from './schedule/formulas.ts';
import { type SettleOptions, settle } from './settle-ring.ts';

export type UpdateRing = (scope: ProjectScope, name: string, request: RingRequest) => Promise<ChangeResult>;

export function ringUpdate(options: SettleOptions): UpdateRing {
  const { store } = options;
  return async (scope, given, request) => {
    const stored = await store.write(async (stores) => {
      const before = await loadRing(stores, await requireRing(stores, scope.projectId, given));
      const ring = await changedRing(stores, before, request);
      const after = await loadRing(stores, ring);
      requirePolicyOf(after);
      if (!ring.policy.exportable) await requireNoPrivateOutlet(stores, ring);
      await requireLifetimeOfProfiles(stores, ring.id, policyFacts(ring.policy).maxTokenLifetimeMs);
      if (request.environmentNames !== undefined) requireKeyHolder(ring, after.nodes);
      const draft = new RingDraft(after);
      const { targets, revisions } = await storeDraft(stores, options, draft, {
        projectName: scope.projectName,
        events: [ringEvent('update', scope, ring, policyDetails(ring))],
        withRevisions: (stored) => ({ formerLimits: formerLimitsOf(before, ring, stored) }),
      });
      await recordJoinedEnvironments(stores, ring.id, joinedRevisions(before, revisions));
      const warnings = gainWarnings(before, after);
      await scope.once?.save(stores, { targets, verb: 'deploy', warnings });
      return { ringId: ring.id, targets, warnings };
    });
    return withWarnings(await settle(options, stored), stored.warnings);
  };
}

async function changedRing(
  stores: RingRuleStores,
  { ring, now }: LoadedRing,
  request: RingRequest,
): Promise<KeyRing> {
  requireSameName(request.name, ring.name, 'Key ring name');
  const parameters = changedParameters(ring, request);
  const { environmentNames } = request;
  const environmentIds =
    environmentNames === undefined
      ? ring.policy.environmentIds
      : await readEnvironmentIds(stores, ring.projectId, environmentNames);
  return {
    ...ring,
    ...parameters,
    description: request.description === undefined ? ring.description : request.description || null,
    policy: { ...readPolicy(request, ring.policy), environmentIds },
    examineAt: now,
    updatedAt: now,
  };
}

/** Of the object of the ring's type, which is replaced as a whole. */
function changedParameters(ring: KeyRing, request: RingRequest): RingParameters {
  const { type, use } = ring;
  if (request.type !== undefined && request.type !== '' && request.type !== type) {
    throw badRequest(`Key ring type can not be changed! It is ${type}`, {
      reason: 'FIELD_NOT_VALID',
      member: 'type',
    });
  }
  const member = keyTypeMember(type);
  const given = request[member];
  // An object of another type is named by the same rules as in Create key ring.
  const object: GenerateParameters = given
    ? { ...given, keyUseType: given.keyUseType || useToUseType(use) }
    : ring.parameters;
  const read = readRingParameters({ ...request, type, [member]: object });
  if (read.use === use) return read;
  throw badRequest(`keyUseType can not be changed! It is ${useToUseType(use)}`, {
    reason: 'FIELD_NOT_VALID',
    member: 'keyUseType',
  });
}

/**
 * A lifetime or lease that becomes shorter: the former counts until nodes have the new one and tokens that were signed
 * under it have expired.
 */
function formerLimitsOf(
  { facts, ring: { formerLimits } }: LoadedRing,
  { policy }: KeyRing,
  revisions: FormerLimits['revisions'],
): FormerLimits | null {
  const { lifetimeMs, leaseMs } = countingLimits(facts);
  const { maxTokenLifetimeMs, signingLeaseMs } = policyFacts(policy);
  const isTighter = lifetimeMs > maxTokenLifetimeMs || (leaseMs ?? Infinity) > (signingLeaseMs ?? Infinity);
  const isSame =
    facts.policy.maxTokenLifetimeMs === maxTokenLifetimeMs && facts.policy.signingLeaseMs === signingLeaseMs;
  if (isSame) return formerLimits;
  if (!isTighter) return null;
  return { maxTokenLifetimeMs: lifetimeMs, signingLeaseMs: leaseMs, revisions, until: null };
}

/** Of the environments that the ring did not have before. */
function joinedRevisions(
  { environments }: LoadedRing,
  revisions: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const had = new Set(environments.map(({ id }) => id));
  return Object.fromEntries(Object.entries(revisions).filter(([id]) => !had.has(id)));
}

function gainWarnings(before: LoadedRing, after: LoadedRing): readonly string[] {
  const had = new Set(before.environments.map(({ id }) => id));
  const gained = after.environments.filter(({ id }) => !had.has(id));
  const delayMs = delayOf(after.facts);
  if (after.ring.type === 'OCT' || delayMs === 0) return [];
  return gained.map(
    ({ name }) =>
      `Existing caches of JWK Sets of environment (name: ${name}) may lack the keys of key ring (name: ${after.ring.name}) until ${durationInHours(delayMs)} after its nodes have confirmed them.`,
  );
}
