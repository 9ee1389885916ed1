import type { AccessStores } from '../access/access-store.ts';
import type { ProjectScope } from '../access/caller.ts';
import type { ApplicationStores } from '../applications/application-store.ts';
import type { IssuerKeySetStores } from '../applications/issuer-key-set.ts';
import { followTrustedJwk } from '../applications/trusted-jwks.ts';
import type { AuditLog, AuditStore } from '../audit/audit-log.ts';
import type { OnUnreadable } from '../deployments/content-reader.ts';
import { type ChangeResult, withWarnings } from '../deployments/deployment-result.ts';
import type { Deployments } from '../deployments/deployments.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import {
  type DeploymentTarget,
  type DesiredChange,
  desiredContent,
  mergeTargets,
  putDesiredState,
  putNewObject,
} from '../deployments/put-desired-state.ts';
import type { Environment, EnvironmentStores } from '../environments/environment-store.ts';
import { badRequest, type KeyplaneError } from '../errors.ts';
import type { EventStores } from '../events/event-store.ts';
import type { IdempotencyStores } from '../idempotency/idempotency-store.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import { keyTypeName } from '../jose/key-type-name.ts';
import type { MaterialStores } from '../materials/material-store.ts';
import { projectNotFound } from '../names.ts';
import { newId } from '../new-id.ts';
import type { OutletStores } from '../outlets/outlet-store.ts';
import type { KeyAllowances } from '../protocol/content.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { TokenProfileStores } from '../token-profiles/token-profile-store.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { ViewStores } from '../views/view-store.ts';
import { type ExpirationStores, noteExpiration } from './expiration/expiration-notice.ts';
import { jwkContent } from './jwk-content.ts';
import { jwkEvent, recordJwkEvent } from './jwk-event.ts';
import type { JwkStores, StoredJwk } from './jwk-store.ts';
import { holdersOf, type JwkWithRow, tookItsKidNow, withFreeKid } from './published-kid.ts';
import { firstRefresh, type RefreshSchedule } from './refresh/refresh-schedule.ts';
import type { RefreshStores } from './refresh/refresh-store.ts';
import type { MemberRingStores } from './ring-member.ts';
import { requireUnreservedName } from './ring-membership.ts';
import { sealMembers } from './sealed-members.ts';

export type JwkRuleStores = JwkStores &
  ApplicationStores &
  IssuerKeySetStores &
  TokenProfileStores &
  ViewStores &
  Pick<OutletStores, 'outlets'> &
  MemberRingStores &
  RefreshStores &
  AccessStores &
  EnvironmentStores &
  MaterialStores &
  DesiredStateStores &
  EventStores &
  ExpirationStores &
  IdempotencyStores & { readonly audit: AuditStore };

export interface JwkRuleOptions {
  readonly store: UnitOfWork<JwkRuleStores>;
  readonly sealer: Sealer;
  readonly audit: AuditLog;
  readonly deployments: Pick<Deployments, 'deploy'>;
  readonly clock: () => Date;
  readonly onUnreadable: OnUnreadable;
}

/** A JWK that is ready to be stored: sound, with its kid, and where it came from. */
export interface NewJwk
  extends Pick<
    StoredJwk,
    | 'name'
    | 'description'
    | 'sourceType'
    | 'sourceId'
    | 'sourceUrl'
    | 'source'
    | 'notBeforeTime'
    | 'expirationTime'
  > {
  readonly jwk: PrivateJwk;
  readonly operations?: KeyAllowances | undefined;
  /** Its kid is a default that no request set: if that kid is taken, another default is used. */
  readonly canReplaceKid?: boolean | undefined;
  /** How its URL is followed, if it is. */
  readonly follow?: RefreshSchedule | undefined;
  /** Of the response, beside the deployment. */
  readonly warnings?: readonly string[] | undefined;
}

/** Stores, desires and audits in one transaction; then brings it to the nodes. */
export async function insertJwk(
  options: JwkRuleOptions,
  scope: ProjectScope,
  made: NewJwk,
): Promise<ChangeResult> {
  const id = newId();
  const { jwk, operations, follow, warnings, canReplaceKid = false, ...origin } = made;
  const now = options.clock();
  const stored: StoredJwk = {
    ...origin,
    id,
    projectId: scope.projectId,
    ...jwkColumns(options.sealer, id, jwk),
    ...(operations && { operations }),
    createdAt: now,
    updatedAt: now,
  };
  const insertion = { scope, prepared: { stored, jwk }, canReplaceKid, follow, warnings };
  // Name and kid are taken within the project, and all else is of the new JWK.
  const targets = await options.store.write(
    (stores) => insert(stores, options, insertion),
    [scope.projectId],
  );
  return withWarnings(await options.deployments.deploy(targets, 'deploy'), warnings);
}

/** The columns of a row for the key itself; its private members are sealed to this row. */
export function jwkColumns(sealer: Sealer, id: string, jwk: PrivateJwk) {
  return {
    type: keyTypeName(jwk.kty),
    kid: jwk.kid ?? '',
    use: jwk.use ?? null,
    algorithm: jwk.alg ?? null,
    altered: false,
    ...sealMembers(sealer, id, jwk),
  };
}

/** @throws KeyplaneError `bad_request` when the name is taken, or reserved for a member of a key ring */
export async function requireFreeName(
  stores: JwkStores & MemberRingStores,
  projectId: string,
  name: string,
): Promise<void> {
  if (await stores.jwks.find(projectId, name)) throw nameTaken(name);
  await requireUnreservedName(stores, projectId, name);
}

function nameTaken(name: string): KeyplaneError {
  return badRequest(
    `JWK (name: ${name}) is already exist! Try update operation if want to change its value.`,
    { reason: 'NAME_TAKEN', member: 'name' },
  );
}

interface Insertion {
  readonly scope: ProjectScope;
  readonly prepared: JwkWithRow;
  readonly canReplaceKid: boolean;
  readonly follow: RefreshSchedule | undefined;
  readonly warnings: readonly string[] | undefined;
}

async function insert(
  stores: JwkRuleStores,
  { audit }: JwkRuleOptions,
  { scope, prepared, canReplaceKid, follow, warnings }: Insertion,
): Promise<readonly DeploymentTarget[]> {
  const { name, projectId, sourceType } = prepared.stored;
  const { projectName } = scope;
  // Sent together: a remote database answers all of it in one round trip.
  const [{ states, ...place }] = await Promise.all([
    stores.desired.lockJwkPlace(prepared.stored),
    stores.audit.head(),
  ]);
  // Deleted while its key was being made.
  if (!place.hasProject) throw projectNotFound(projectName);
  if (place.isNameTaken) throw nameTaken(name);
  await requireUnreservedName(stores, projectId, name);
  await requireSource(stores, prepared.stored);
  const isPublished = states.length > 0;
  const { stored, jwk } =
    isPublished && place.isKidHeld
      ? await withFreeKid(stores, prepared, {
          canReplaceKid,
          holders: await holdersOf(stores, prepared.stored),
        })
      : prepared;
  await stores.jwks.insert(stored);
  if (follow) await stores.refreshes.put(firstRefresh(stored, follow));
  // What follows locks the environments: all that needs no lock is sent before it.
  await recordJwkEvent(stores, 'jwk.created', stored, { at: stored.createdAt, facts: { sourceType } });
  await noteExpiration(stores, stored, stored.createdAt);
  const desired = desiredOf({ scope, stored, jwk });
  const targets = await putNewObject(stores, states, desired);
  const details = { sourceType, type: stored.type, kid: stored.kid, environments: states.length };
  await audit.append(stores, jwkEvent('create', scope, stored, details));
  await scope.once?.save(stores, { targets, verb: 'deploy', warnings });
  return targets;
}

/** Desires a JWK as it is now in every environment that its project reaches. */
export async function putDesiredJwk(
  stores: JwkRuleStores,
  desired: DesiredJwk,
  onUnreadable: OnUnreadable,
): Promise<{ readonly targets: readonly DeploymentTarget[]; readonly environments: number }> {
  const { scope, stored } = desired;
  const environments = await stores.environments.listReachedBy(stored.projectId);
  const own = await putDesiredIn(stores, environments, desired);
  const trusting = await followTrustedJwk(stores, scope, { jwkId: stored.id, onUnreadable });
  return { targets: mergeTargets([...own, ...trusting]), environments: environments.length };
}

interface DesiredJwk {
  readonly scope: ProjectScope;
  readonly stored: StoredJwk;
  readonly jwk: PrivateJwk;
}

async function putDesiredIn(
  stores: DesiredStateStores,
  environments: readonly Environment[],
  jwk: DesiredJwk,
): Promise<readonly DeploymentTarget[]> {
  if (environments.length === 0) return [];
  const desired = desiredOf(jwk);
  const changes = environments.map(({ id: environmentId }) => ({ ...desired, environmentId }));
  return putDesiredState(stores, changes);
}

/** What every environment is to have of it. */
function desiredOf({ scope, stored, jwk }: DesiredJwk): Omit<DesiredChange, 'environmentId'> {
  const { id: objectId, projectId } = stored;
  const content = desiredContent(jwkContent(stored, scope.projectName, jwk));
  return { kind: 'jwk', objectId, projectId, ...content, startsAgain: tookItsKidNow(stored) };
}

/** The certificate, key or keystore was deleted while its key was being read. */
export async function requireSource(stores: MaterialStores, stored: StoredJwk): Promise<void> {
  const { sourceId, sourceType } = stored;
  if (sourceId === null) return;
  const materialStores = [stores.certificates, stores.cryptoKeys, stores.keystores];
  for (const store of materialStores) if ((await store.getMany([sourceId])).length > 0) return;
  throw badRequest(`The source of this JWK (${sourceType}) was deleted meanwhile!`, { reason: 'NOT_FOUND' });
}
