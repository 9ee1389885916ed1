// Token profiles of a project. Each change is stored, desired and audited in one transaction, and then sent to the nodes.

import type { AccessStores } from '../access/access-store.ts';
import type { ProjectScope } from '../access/caller.ts';
import type { ApplicationStores } from '../applications/application-store.ts';
import type { IssuerKeySetStores } from '../applications/issuer-key-set.ts';
import { withdrawGrants } from '../applications/move-grants.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditEvent, AuditLog, AuditStore } from '../audit/audit-log.ts';
import type { OnUnreadable } from '../deployments/content-reader.ts';
import type { ChangeResult } from '../deployments/deployment-result.ts';
import type { Deployments } from '../deployments/deployments.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import { mergeTargets } from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { alteredInDatabase, badRequest } from '../errors.ts';
import type { IdempotencyStores } from '../idempotency/idempotency-store.ts';
import { laterThan, requireSameName } from '../materials/optimistic-update.ts';
import { checkName, lookupName, projectNotFound, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import type { EncryptionKey } from '../operations/encryption/encryption-key.ts';
import { ClaimsChecks } from '../operations/token-profile/schema/claims-checks.ts';
import type { OutletStores } from '../outlets/outlet-store.ts';
import { requireNoCredential, requireNoOutlet } from '../outlets/outlet-uses.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import {
  type EncryptionRequest,
  nameKeys,
  type ProfileKeyNames,
  type ProfileKeyStores,
  requireSigningRing,
  resolveEncryption,
} from './profile-keys.ts';
import { type RulesRequest, readRules, requireRulesSchema } from './profile-rules.ts';
import type { TokenProfile } from './token-profile.ts';
import { putDesiredTokenProfile, withdrawTokenProfile } from './token-profile-deployment.ts';
import type { TokenProfileListQuery, TokenProfileStores } from './token-profile-store.ts';
import { type ProfileTrial, signerOf, type TrialRequest, tryProfile } from './try-profile.ts';

export interface TokenProfileRequest extends RulesRequest {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly keyRingName?: string | undefined;
  /** Null: tokens are not encrypted. */
  readonly encryptTo?: EncryptionRequest | null | undefined;
}

export interface FoundTokenProfile extends ProfileKeyNames {
  readonly profile: TokenProfile;
}

export interface TokenProfiles {
  list(
    projectId: string,
    query: TokenProfileListQuery,
  ): Promise<{ readonly found: readonly FoundTokenProfile[]; readonly total: number }>;
  get(projectId: string, name: string): Promise<FoundTokenProfile>;
  /** What a token would say, or why it would be refused. */
  try(
    project: Pick<ProjectScope, 'projectId' | 'projectName'>,
    name: string,
    request: TrialRequest,
  ): Promise<ProfileTrial>;
  create(scope: ProjectScope, request: TokenProfileRequest): Promise<ChangeResult>;
  /** What is absent stays as it is. */
  update(scope: ProjectScope, name: string, request: TokenProfileRequest): Promise<ChangeResult>;
  delete(scope: ProjectScope, name: string): Promise<ChangeResult>;
}

export type TokenProfileRuleStores = TokenProfileStores &
  Pick<OutletStores, 'outlets'> &
  ApplicationStores &
  IssuerKeySetStores &
  ProfileKeyStores &
  AccessStores &
  EnvironmentStores &
  DesiredStateStores &
  IdempotencyStores & { readonly audit: AuditStore };

export interface TokenProfileRuleOptions<Stores extends TokenProfileRuleStores> {
  readonly store: UnitOfWork<Stores>;
  /** What a JWK encrypts with; undefined where nothing is encrypted with its algorithm. */
  readonly encryptionKeyOf: (stores: Stores, jwkId: string) => Promise<EncryptionKey | undefined>;
  readonly sealer: Sealer;
  readonly audit: AuditLog;
  readonly deployments: Pick<Deployments, 'deploy'>;
  readonly clock: () => Date;
  readonly onUnreadable: OnUnreadable;
}

export function createTokenProfiles<Stores extends TokenProfileRuleStores>(
  options: TokenProfileRuleOptions<Stores>,
): TokenProfiles {
  const { store, encryptionKeyOf, sealer, audit, deployments, clock, onUnreadable } = options;
  const claimsChecks = new ClaimsChecks();
  const keyIn = (stores: Stores) => (jwkId: string) => encryptionKeyOf(stores, jwkId);

  return {
    list: (projectId, query) =>
      store.read(async (stores) => {
        const { profiles, total } = await stores.tokenProfiles.list(projectId, query);
        return { found: await describe(stores, profiles), total };
      }),

    get: (projectId, name) =>
      store.read(async (stores) => {
        const profile = await requireTokenProfile(stores, projectId, name);
        if (profile.altered) throw alteredInDatabase(`Token profile (name: ${profile.name})`);
        const [found] = await describe(stores, [profile]);
        if (!found) throw notFound(name);
        return found;
      }),

    async try({ projectId, projectName }, name, request) {
      const found = await store.read(async (stores) => {
        const profile = await requireTokenProfile(stores, projectId, name);
        return { profile, signer: await signerOf(stores, profile) };
      });
      return tryProfile({ ...found, projectName, now: clock(), claimsChecks }, request);
    },

    async create(scope, request) {
      const { projectId, projectName } = scope;
      const name = checkName(request.name, 'Token profile name');
      requireRulesSchema(request);
      const now = clock();
      const targets = await store.write(async (stores) => {
        if (!(await stores.projects.get(projectId))) throw projectNotFound(projectName);
        if (await stores.tokenProfiles.find(projectId, name)) throw nameTaken(name);
        const ring = await requireSigningRing(stores, projectId, request.keyRingName);
        const { encryptTo } = request;
        const profile: TokenProfile = {
          id: newId(),
          projectId,
          name,
          description: request.description || null,
          keyRingId: ring.id,
          rules: readRules(request, ring),
          encryptTo: encryptTo
            ? await resolveEncryption(stores, projectId, { request: encryptTo, keyOf: keyIn(stores) })
            : null,
          createdAt: now,
          updatedAt: now,
        };
        await stores.tokenProfiles.insert(profile);
        const desired = await putDesiredTokenProfile(stores, scope, profile);
        await audit.append(stores, profileEvent('create', scope, profile, ring.name));
        await scope.once?.save(stores, { targets: desired, verb: 'deploy' });
        return desired;
      });
      return deployments.deploy(targets, 'deploy');
    },

    async update(scope, given, request) {
      requireRulesSchema(request);
      const targets = await store.write(async (stores) => {
        const { projectId } = scope;
        const before = await requireTokenProfile(stores, projectId, given);
        requireSameName(request.name, before.name, 'Token profile name');
        const { description, encryptTo } = request;
        const [former] = await stores.rings.getMany([before.keyRingId]);
        const ring = await requireSigningRing(stores, projectId, request.keyRingName ?? former?.name);
        const after: TokenProfile = {
          ...before,
          description: description === undefined ? before.description : description || null,
          keyRingId: ring.id,
          rules: readRules(request, ring, before.rules),
          encryptTo:
            encryptTo === undefined
              ? before.encryptTo
              : encryptTo &&
                (await resolveEncryption(stores, projectId, { request: encryptTo, keyOf: keyIn(stores) })),
          updatedAt: laterThan(before.updatedAt, clock()),
        };
        await stores.tokenProfiles.update(after);
        const desired = await putDesiredTokenProfile(stores, scope, after);
        await audit.append(stores, profileEvent('update', scope, after, ring.name));
        await scope.once?.save(stores, { targets: desired, verb: 'deploy' });
        return desired;
      });
      return deployments.deploy(targets, 'deploy');
    },

    async delete(scope, given) {
      const targets = await store.write(async (stores) => {
        const profile = await requireTokenProfile(stores, scope.projectId, given);
        await requireNoOutlet(stores, profile.id, `Token profile (name: ${profile.name})`);
        await requireNoCredential(stores, sealer, profile);
        const [ring] = await stores.rings.getMany([profile.keyRingId]);
        const withdrawn = await withdrawGrants(stores, scope, { objectId: profile.id, onUnreadable });
        await stores.tokenProfiles.delete(profile.id);
        const desired = mergeTargets([...(await withdrawTokenProfile(stores, profile)), ...withdrawn]);
        await audit.append(stores, profileEvent('delete', scope, profile, ring?.name ?? ''));
        await scope.once?.save(stores, { targets: desired, verb: 'undeploy' });
        return desired;
      });
      return deployments.deploy(targets, 'undeploy');
    },
  };
}

async function describe(
  stores: ProfileKeyStores,
  profiles: readonly TokenProfile[],
): Promise<readonly FoundTokenProfile[]> {
  const names = await nameKeys(stores, profiles);
  const none: ProfileKeyNames = { keyRingName: '', encryptTo: null };
  return profiles.map((profile) => ({ profile, ...(names.get(profile.id) ?? none) }));
}

async function requireTokenProfile(
  { tokenProfiles }: TokenProfileStores,
  projectId: string,
  given: string,
): Promise<TokenProfile> {
  const profile = await tokenProfiles.find(projectId, lookupName(given));
  if (!profile) throw notFound(given);
  return profile;
}

function notFound(given: string) {
  return badRequest(`Token profile (name: ${shownText(given)}) is not found!`, { reason: 'NOT_FOUND' });
}

function nameTaken(name: string) {
  return badRequest(
    `Token profile (name: ${name}) is already exist! Try update operation if want to change its value.`,
    { reason: 'NAME_TAKEN', member: 'name' },
  );
}

function profileEvent(
  verb: string,
  { actor, projectName }: ProjectScope,
  { id, name, rules, encryptTo }: TokenProfile,
  keyRingName: string,
): AuditEvent {
  const { issuer, audiences, lifetime, maxLifetime, tokenType, subject } = rules;
  return auditEvent({
    actor,
    action: `token-profile.${verb}`,
    objectType: 'token-profile',
    objectId: id,
    objectName: name,
    projectName,
    details: {
      keyRingName,
      issuer,
      audiences: audiences.length,
      lifetime,
      maxLifetime,
      tokenType,
      subjectMode: subject.mode,
      encrypted: encryptTo !== null,
    },
  });
}
