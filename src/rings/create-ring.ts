// Create key ring: its policy, and its first member. Refused before a key is generated: a name that is taken, a policy that
// contradicts itself, environments that are not there.

import type { ProjectScope } from '../access/caller.ts';
import { type ChangeResult, withWarnings } from '../deployments/deployment-result.ts';
import { readEnvironmentIds } from '../environments/reached-environment.ts';
import { badRequest } from '../errors.ts';
import { durationInHours } from '../iso-duration.ts';
import { defaultPublishedKeyTypes } from '../jose/key-types.ts';
import { ringKindOf } from '../jwks/ring-member.ts';
import { projectNotFound } from '../names.ts';
import { newId } from '../new-id.ts';
import { addMember, generateKey } from './make-member.ts';
import type { KeyRing } from './ring.ts';
import { RingDraft, storeDraft } from './ring-draft.ts';
import { ringEvent, transitionEvents } from './ring-event.ts';
import { type LoadedRing, loadRing } from './ring-facts-of.ts';
import { checkRingName, isNameOfMember, ringNameTaken } from './ring-names.ts';
import { type RingParameters, readRingParameters } from './ring-parameters.ts';
import { readPolicy, requirePolicy } from './ring-policy.ts';
import { type RingRequest, requireKeyHolder } from './ring-request.ts';
import type { RingRuleStores } from './ring-rules.ts';
import { wholeSecondText } from './ring-texts.ts';
import { countingCachesMs, delayOf } from './schedule/formulas.ts';
import { type SettleOptions, settle } from './settle-ring.ts';

export type CreateRing = (scope: ProjectScope, request: RingRequest) => Promise<ChangeResult>;

export function ringCreation(options: SettleOptions): CreateRing {
  const { store, clock } = options;
  return async (scope, request) => {
    const name = checkRingName(request.name);
    const parameters = readRingParameters(request);
    const policy = readPolicy(request);
    const prepare = (stores: RingRuleStores) =>
      prepareRing(stores, scope, { name, member: 'name', request, parameters, policy });
    await store.read(prepare);
    const generated = await generateKey(parameters, clock);
    const stored = await store.write(async (stores) => {
      const loaded = await prepare(stores);
      const { ring } = loaded;
      const draft = new RingDraft(loaded);
      await addMember(stores, options, draft, generated);
      const { actor } = scope;
      const { targets } = await storeDraft(stores, options, draft, {
        projectName: scope.projectName,
        isNewRing: true,
        events: [
          ringEvent('create', scope, ring, policyDetails(ring)),
          ...transitionEvents(loaded, draft, { actor, cause: null, fence: null }),
        ],
      });
      await scope.once?.save(stores, { targets, verb: 'deploy' });
      return { ringId: ring.id, targets };
    });
    const result = await settle(options, stored);
    const warning = await store.read((stores) => firstKeyWarning(stores, stored.ringId));
    return withWarnings(result, warning === undefined ? [] : [warning]);
  };
}

interface NewRing {
  readonly name: string;
  /** Of the request, with the name. */
  readonly member: 'name' | 'ringName';
  readonly request: Pick<RingRequest, 'description' | 'environmentNames'>;
  readonly parameters: RingParameters;
  readonly policy: ReturnType<typeof readPolicy>;
  /** Of a JWK that becomes its first member. */
  readonly exceptId?: string;
}

/** A ring that is not stored yet. @throws KeyplaneError */
export async function prepareRing(
  stores: RingRuleStores,
  { projectId, projectName }: Pick<ProjectScope, 'projectId' | 'projectName'>,
  { name, member, request, parameters, policy, exceptId }: NewRing,
): Promise<LoadedRing> {
  // Deleted while its key was being generated.
  if (!(await stores.projects.get(projectId))) throw projectNotFound(projectName);
  if (await stores.rings.find(projectId, name)) throw ringNameTaken(name, member);
  await requireFreeMemberNames(stores, { projectId, name, member }, exceptId);
  const environmentIds = await readEnvironmentIds(stores, projectId, request.environmentNames ?? null);
  const now = await stores.rings.now();
  const ring: KeyRing = {
    id: newId(now.getTime()),
    projectId,
    name,
    description: request.description || null,
    ...parameters,
    policy: { ...policy, environmentIds },
    formerLimits: null,
    nextVersion: 1,
    heldBecause: null,
    resumedAt: null,
    rotateRequestedAt: null,
    requestedActivation: null,
    examineAt: now,
    createdAt: now,
    updatedAt: now,
  };
  const loaded = await loadRing(stores, ring);
  requireKeyHolder(ring, loaded.nodes);
  requirePolicyOf(loaded);
  return loaded;
}

/** @throws KeyplaneError `bad_request` for a policy that rotation cannot keep up with */
export function requirePolicyOf({ ring, facts }: Pick<LoadedRing, 'ring' | 'facts'>): void {
  const { now, policy, cachesMs, formerCaches } = facts;
  requirePolicy(ringKindOf(ring), policy, countingCachesMs(now, cachesMs, formerCaches, policy));
}

const pageSize = 1_000;

/**
 * No JWK may have a name that a member will have.
 * @param exceptId of a JWK that becomes a member itself
 */
async function requireFreeMemberNames(
  { jwks }: Pick<RingRuleStores, 'jwks'>,
  { projectId, name, member }: Pick<KeyRing, 'projectId'> & Pick<NewRing, 'name' | 'member'>,
  exceptId: string | undefined,
): Promise<void> {
  const sort = { field: 'name', descending: false } as const;
  for (let offset = 0; ; offset += pageSize) {
    const page = await jwks.list(projectId, { search: `${name}.`, sort, offset, limit: pageSize });
    const taken = page.jwks.find((jwk) => jwk.id !== exceptId && isNameOfMember(jwk.name, name));
    if (taken) {
      throw badRequest(
        `JWK (name: ${taken.name}) has a name that is reserved for members of key ring (name: ${name})!`,
        { reason: 'NAME_RESERVED', member },
      );
    }
    if (page.jwks.length < pageSize) return;
  }
}

export function policyDetails({ type, use, policy }: KeyRing) {
  const { environmentIds, ...own } = policy;
  return { type, use, ...own, environments: environmentIds?.length ?? 'all' };
}

/** Verifiers that have fetched the project's set before may use that copy for a while. */
async function firstKeyWarning(stores: RingRuleStores, ringId: string): Promise<string | undefined> {
  const [ring] = await stores.rings.getMany([ringId]);
  if (!ring) return undefined;
  const project = await stores.projects.get(ring.projectId);
  const published: readonly string[] = project?.publishKeyTypes ?? defaultPublishedKeyTypes;
  // A set that never holds keys of this type lacks none.
  if (!published.includes(ring.type)) return undefined;
  const { members, facts, projectName } = await loadRing(stores, ring);
  const delayMs = delayOf(facts);
  const publishedAt = members[0]?.member.publishedAt;
  if (delayMs === 0) return undefined;
  const until = publishedAt
    ? `until ${wholeSecondText(publishedAt.getTime() + delayMs)}`
    : `until ${durationInHours(delayMs)} after every node has confirmed it`;
  return `Existing caches of the JWK Set of project (name: ${projectName}) may lack the first key of key ring (name: ${ring.name}) ${until}.`;
}
