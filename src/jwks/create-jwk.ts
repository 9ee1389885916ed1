// Create JWK: from a request to a stored, sealed and desired key in one transaction, and then out to the nodes.
// Refused before anything is stored: a name that is taken, a source that is not there, a key that is not sound.

import type { AccessNouns } from '../access/access-store.ts';
import type { AuditLog, AuditStore } from '../audit/audit-log.ts';
import type { DeploymentResult } from '../deployments/deployment-result.ts';
import type { Deployments } from '../deployments/deployments.ts';
import { type DeploymentTarget, desire } from '../deployments/desire.ts';
import type { DesiredStateNouns } from '../deployments/desired-state-store.ts';
import type { EnvironmentNouns } from '../environments/environment-store.ts';
import { badRequest, KeyplaneError } from '../errors.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import type { MaterialNouns } from '../materials/material-store.ts';
import { checkName } from '../names.ts';
import { newId } from '../new-id.ts';
import { contentDigest } from '../protocol/state-digest.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { SourcedKey, SourceRequest, SourceWorld } from '../sources/jwk-source.ts';
import { jwkSources, type SourceName, sourceNames } from '../sources/sources.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { jwkContent } from './jwk-content.ts';
import { jwkFromSource } from './jwk-from-source.ts';
import type { JwkNouns, SourceReference, StoredJwk } from './jwk-store.ts';
import { sealMembers } from './sealed-members.ts';

export type CreateJwkNouns = JwkNouns &
  AccessNouns &
  EnvironmentNouns &
  MaterialNouns &
  DesiredStateNouns & { readonly audit: AuditStore };

export interface CreateJwkOptions {
  readonly store: UnitOfWork<CreateJwkNouns>;
  readonly sealer: Sealer;
  readonly audit: AuditLog;
  readonly deployments: Pick<Deployments, 'deploy'>;
  readonly sourceWorldOf: (projectId: string) => SourceWorld;
  readonly clock: () => Date;
}

export interface CreateJwkRequest extends SourceRequest {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly sourceType?: string | undefined;
}

/** On whose behalf, and where. */
export interface JwkScope {
  readonly projectId: string;
  readonly projectName: string;
  readonly actor: string;
}

export type CreateJwk = (scope: JwkScope, request: CreateJwkRequest) => Promise<DeploymentResult>;

export function createJwkCreator(options: CreateJwkOptions): CreateJwk {
  return async (scope, request) => {
    const name = checkName(request.name, 'JWK name');
    const sourceType = checkSourceType(request.sourceType);
    const source = jwkSources[sourceType];
    await options.store.read((nouns) => refuseTaken(nouns, scope.projectId, name));
    source.checkFields(request);
    const sourced = await source.read(request, options.sourceWorldOf(scope.projectId));
    const jwk = await jwkFromSource(sourced);
    const stored = toStored(options, scope, { name, request, sourceType, sourced, jwk });
    const targets = await options.store.write((nouns) => insert(nouns, options, { scope, stored, jwk }));
    return options.deployments.deploy(targets, 'deploy');
  };
}

export function checkSourceType(value: string | undefined): SourceName {
  if (value === undefined || value.trim() === '') throw badRequest('Source type is required!');
  const known = sourceNames.find((name) => name === value);
  if (known) return known;
  const valid = `Valid values: ${sourceNames.join(', ')}`;
  const generate = value === 'GENERATE' ? '. To generate a key use POST …/jwks/generate' : '';
  throw badRequest(`Source type (${value}) is not valid! ${valid}${generate}`);
}

async function refuseTaken(nouns: JwkNouns, projectId: string, name: string): Promise<void> {
  if (await nouns.jwks.find(projectId, name)) {
    throw badRequest(
      `JWK (name: ${name}) is already exist! Try update operation if want to change its value.`,
    );
  }
}

const keyTypeNames = Object.freeze({ RSA: 'RSA', EC: 'EC', OKP: 'OKP', oct: 'OCT' } as const);

interface Made {
  readonly name: string;
  readonly request: CreateJwkRequest;
  readonly sourceType: SourceName;
  readonly sourced: SourcedKey;
  readonly jwk: PrivateJwk;
}

function toStored(options: CreateJwkOptions, scope: JwkScope, made: Made): StoredJwk {
  const { name, request, sourceType, sourced, jwk } = made;
  const now = options.clock();
  const id = newId();
  return {
    id,
    projectId: scope.projectId,
    name,
    description: request.description ?? null,
    sourceType,
    sourceId: sourced.sourceId,
    sourceUrl: sourced.sourceUrl,
    source: sourceReference(sourceType, request),
    type: keyTypeNames[jwk.kty],
    kid: jwk.kid ?? '',
    use: jwk.use ?? null,
    algorithm: jwk.alg ?? null,
    notBeforeTime: sourced.notBeforeTime,
    expirationTime: sourced.expirationTime,
    ...sealMembers(options.sealer, id, jwk),
    createdAt: now,
    updatedAt: now,
  };
}

/** What the source was asked for, so that the JWK can be made again; what has a column of its own is left out. */
function sourceReference(sourceType: SourceName, request: CreateJwkRequest): SourceReference {
  const { environmentName, aliasName, kid } = request;
  const { urlOptionConnectTimeout, urlOptionReadTimeout, urlOptionSizeLimit } = request;
  const all = {
    environmentName,
    aliasName,
    kid,
    urlOptionConnectTimeout,
    urlOptionReadTimeout,
    urlOptionSizeLimit,
  };
  const fields: readonly string[] = jwkSources[sourceType].fields;
  const kept = Object.entries(all).filter(([field, value]) => fields.includes(field) && value !== undefined);
  return Object.fromEntries(kept);
}

async function insert(
  nouns: CreateJwkNouns,
  { audit }: CreateJwkOptions,
  { scope, stored, jwk }: { scope: JwkScope; stored: StoredJwk; jwk: PrivateJwk },
): Promise<readonly DeploymentTarget[]> {
  const { id: objectId, name, projectId, sourceType } = stored;
  const { projectName, actor } = scope;
  if (!(await nouns.projects.get(projectId))) throw projectNotFound(projectName);
  await refuseTaken(nouns, projectId, name);
  await refuseGoneSource(nouns, stored);
  await nouns.jwks.insert(stored);
  const digest = contentDigest(jwkContent(stored, projectName, jwk));
  const environments = await nouns.environments.listReachedBy(projectId);
  const changes = environments.map(({ id }) => ({
    environmentId: id,
    kind: 'jwk' as const,
    objectId,
    projectId,
    digest,
  }));
  const targets = await desire(nouns, changes);
  await audit.append(nouns, {
    actor,
    action: 'jwk.create',
    objectType: 'jwk',
    objectId,
    objectName: name,
    projectName,
    outcome: 'SUCCESS',
    details: { sourceType, type: stored.type, kid: stored.kid, environments: environments.length },
  });
  return targets;
}

/** The certificate, key or keystore was deleted while its key was being read. */
async function refuseGoneSource(nouns: MaterialNouns, { sourceId, sourceType }: StoredJwk): Promise<void> {
  if (sourceId === null) return;
  const stores = [nouns.certificates, nouns.cryptoKeys, nouns.keystores];
  for (const store of stores) if ((await store.getMany([sourceId])).length > 0) return;
  throw badRequest(`The source of this JWK (${sourceType}) was deleted meanwhile!`);
}

/** The project was deleted while its key was being made. */
function projectNotFound(name: string): KeyplaneError {
  const text = `Project(${name}) was not found or user does not have privilege to access it!`;
  return new KeyplaneError('not_found', text);
}
