// Adopt: an existing private JWK becomes the first member of a new ring, and signs at once. Every node has it already, and
// so do verifiers, as far as anybody can know.

import type { ProjectScope } from '../access/caller.ts';
import { moveGrantsToRing } from '../applications/move-grants.ts';
import { requireUntrusted } from '../applications/trusted-jwks.ts';
import { type ChangeResult, withWarnings } from '../deployments/deployment-result.ts';
import { mergeTargets } from '../deployments/put-desired-state.ts';
import { alteredInDatabase, badRequest, type KeyplaneError } from '../errors.ts';
import { useTypeOfAlgorithm } from '../jose/algorithms.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import { keySize } from '../jose/key-facts.ts';
import { curveTypeName, keyTypeMember, keyTypeName } from '../jose/key-type-name.ts';
import { type GenerationOptions, generatedKeyTypes, keyTypeInfo } from '../jose/key-types.ts';
import type { GenerateParameters } from '../jwks/generate/generate-plan.ts';
import type { StoredJwk } from '../jwks/jwk-store.ts';
import { openPrivateJwk } from '../jwks/sealed-members.ts';
import { detached } from '../jwks/update-jwk.ts';
import { laterThan } from '../materials/optimistic-update.ts';
import { lookupName, requireNoMember, shownText } from '../names.ts';
import { moveOutletsToRing } from '../outlets/move-outlets.ts';
import { moveViewsToRing } from '../views/move-views.ts';
import { policyDetails, prepareRing } from './create-ring.ts';
import { newMember } from './make-member.ts';
import { RingDraft, storeDraft } from './ring-draft.ts';
import { ringEvent, transitionEvents } from './ring-event.ts';
import type { LoadedRing } from './ring-facts-of.ts';
import { checkRingName, memberName } from './ring-names.ts';
import { type RingParameters, readRingParameters } from './ring-parameters.ts';
import { readPolicy } from './ring-policy.ts';
import type { RingPolicyRequest } from './ring-request.ts';
import type { RingRuleStores } from './ring-rules.ts';
import type { MemberJwk } from './ring-store.ts';
import { applyActivation, stagedMember } from './schedule/apply-step.ts';
import { type SettleOptions, settle } from './settle-ring.ts';

export interface AdoptionRequest extends RingPolicyRequest {
  readonly ringName?: string | undefined;
  readonly description?: string | undefined;
}

export type AdoptJwk = (scope: ProjectScope, name: string, request: AdoptionRequest) => Promise<ChangeResult>;

export function jwkAdoption(options: SettleOptions): AdoptJwk {
  const { store, sealer } = options;
  return async (scope, given, request) => {
    const ringName = checkRingName(request.ringName, 'ringName');
    const policy = readPolicy(request);
    await options.deployments.recordConfirmations();
    const stored = await store.write(async (stores) => {
      const found = await stores.jwks.find(scope.projectId, lookupName(given));
      if (!found) throw badRequest(`JWK (name: ${shownText(given)}) is not found!`, { reason: 'NOT_FOUND' });
      if (found.altered) throw alteredInDatabase(`JWK (name: ${found.name})`);
      await requireNoMember(stores, found);
      await requireUntrusted(stores, scope.projectId, found);
      const parameters = successorParameters(found, openPrivateJwk(sealer, found));
      const loaded = await prepareRing(stores, scope, {
        name: ringName,
        member: 'ringName',
        request,
        parameters,
        policy,
        ...(found.name === memberName(ringName, 1) && { exceptId: found.id }),
      });
      requireInForce(found, loaded.now);
      await requireConfirmed(stores, found, loaded);
      const draft = new RingDraft(loaded);
      adopt(draft, found);
      await stores.refreshes.delete(found.id);
      const { actor } = scope;
      const drafted = await storeDraft(stores, options, draft, {
        projectName: scope.projectName,
        isNewRing: true,
        events: [
          ringEvent('adopt', scope, loaded.ring, { jwkName: found.name, ...policyDetails(loaded.ring) }),
          ...transitionEvents(loaded, draft, { actor, cause: 'ADOPTED', fence: null }),
        ],
      });
      const keyRingId = loaded.ring.id;
      const moved = await moveGrantsToRing(stores, scope, {
        jwkId: found.id,
        keyRingId,
        onUnreadable: options.onUnreadable,
      });
      const views = await moveViewsToRing(stores, scope, {
        jwkId: found.id,
        keyRingId,
        now: loaded.now,
        audit: options.audit,
      });
      const outlets = await moveOutletsToRing(stores, scope, {
        jwk: found,
        ring: { id: keyRingId, exportable: loaded.ring.policy.exportable },
        now: loaded.now,
        audit: options.audit,
        sealer,
      });
      const targets = mergeTargets([...drafted.targets, ...moved, ...views, ...outlets]);
      await scope.once?.save(stores, { targets, verb: 'deploy' });
      return { ringId: keyRingId, targets };
    });
    return withWarnings(await settle(options, stored));
  };
}

/** It keeps its name and its kid. */
function adopt(draft: RingDraft, jwk: StoredJwk): void {
  const { ring, now, facts } = draft;
  const member: MemberJwk = {
    ...detached(jwk),
    notBeforeTime: null,
    expirationTime: null,
    updatedAt: laterThan(jwk.updatedAt, now),
    member: { ...newMember(ring, null), publishedAt: now, readyAt: now },
  };
  const { kid, id: jwkId } = jwk;
  const { version } = member.member;
  const time = now.getTime();
  const staged = {
    ...stagedMember(facts, { version, jwkId, kid, revisions: {} }),
    publishedAt: time,
    readyAt: time,
  };
  draft.adopt(member, { ...facts, members: [staged] });
  draft.take(applyActivation(draft.facts, version));
}

/** What the keys after it are generated with: like it, as far as such keys are generated. */
function successorParameters({ name, use, privateMembers, kid }: StoredJwk, jwk: PrivateJwk): RingParameters {
  const useType = jwk.alg === undefined ? undefined : useTypeOfAlgorithm(jwk.alg);
  const signs = use === 'sig' || (use === null && useType === 'SIGNATURE');
  if (!signs) throw notAdoptable(name, 'it is not for use type SIGNATURE');
  if (privateMembers === null) throw notAdoptable(name, 'it has no private part');
  if (kid === '') throw notAdoptable(name, 'it has no kid');
  const kty = generatedKeyTypes.find((one) => one === jwk.kty);
  const generation = kty && keyTypeInfo(kty).generation;
  if (!kty || !generation) throw notAdoptable(name, `no ${keyTypeName(jwk.kty)} keys are generated`);
  const parameters = { ...sizeOrCurve(generation, jwk), keyUseType: 'SIGNATURE', algorithm: jwk.alg };
  return readRingParameters({ type: keyTypeName(kty), [keyTypeMember(kty)]: parameters });
}

function sizeOrCurve(
  generation: GenerationOptions,
  jwk: PrivateJwk,
): Pick<GenerateParameters, 'keySize' | 'curveType'> {
  const { size, curve } = keySize(jwk);
  switch (generation.parameter) {
    case 'keySize':
      return { keySize: generation.values.find((bits) => bits >= (size ?? 0)) ?? generation.values.at(-1) };
    case 'curveType':
      return { curveType: curveTypeName(curve ?? generation.preset) };
    case 'algorithm':
      return {};
    default:
      return generation satisfies never;
  }
}

/** A key that is not published now is known to no verifier. */
function requireInForce({ name, notBeforeTime, expirationTime }: StoredJwk, now: Date): void {
  if (notBeforeTime !== null && notBeforeTime > now) throw notAdoptable(name, 'it is not valid yet');
  if (expirationTime !== null && expirationTime <= now) throw notAdoptable(name, 'it has expired');
}

async function requireConfirmed(
  { desired }: RingRuleStores,
  { id, name }: StoredJwk,
  { environments, nodes }: LoadedRing,
): Promise<void> {
  const objects = await desired.findMany(
    environments.map((environment) => ({ environmentId: environment.id, kind: 'jwk', objectId: id })),
  );
  for (const environment of environments) {
    const object = objects.find(({ environmentId }) => environmentId === environment.id);
    const lacking = nodes.find(
      (node) =>
        node.environmentId === environment.id &&
        node.connected &&
        node.appliedRevision < (object?.revision ?? Number.POSITIVE_INFINITY),
    );
    if (!lacking) continue;
    throw badRequest(
      `JWK (name: ${name}) can not be adopted: it is not confirmed by node (name: ${lacking.name}) of environment (name: ${environment.name})!`,
      { reason: 'KEY_NOT_READY' },
    );
  }
}

function notAdoptable(name: string, because: string): KeyplaneError {
  return badRequest(`JWK (name: ${name}) can not be adopted: ${because}!`, { reason: 'KEY_STATE_NOT_VALID' });
}
