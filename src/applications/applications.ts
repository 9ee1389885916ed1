// Applications of a project: programs that have keys used at nodes. A token is shown once; what is stored and deployed is
// its hash. Each change is stored, desired and audited in one transaction, and then sent to the nodes.

import type { AccessStores } from '../access/access-store.ts';
import type { ProjectScope } from '../access/caller.ts';
import { futureInstant } from '../access/future-instant.ts';
import { newSecretToken } from '../access/secret-token.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditEvent, AuditLog, AuditStore } from '../audit/audit-log.ts';
import type { OnUnreadable } from '../deployments/content-reader.ts';
import { type ChangeResult, withWarnings } from '../deployments/deployment-result.ts';
import type { Deployments } from '../deployments/deployments.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import { mergeTargets } from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { alteredInDatabase, atMember, badRequest, isKeyplaneError } from '../errors.ts';
import type { IdempotencyStores } from '../idempotency/idempotency-store.ts';
import { requireSameName } from '../materials/optimistic-update.ts';
import { checkName, lookupName, projectNotFound, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import {
  type Application,
  type ApplicationToken,
  type Credential,
  followedUris,
  isTokenCredential,
  trustedJwkIds,
} from './application.ts';
import type { ApplicationContentStores } from './application-content.ts';
import {
  putDesiredApplications,
  putDesiredFollowers,
  requireDeployable,
  requireDeployableFollowers,
  withdrawApplication,
} from './application-deployment.ts';
import type { ApplicationListQuery, ApplicationStores } from './application-store.ts';
import { requireOwnCredentials } from './credential-overlap.ts';
import { fetchKeySet, type WithFetches } from './fetch-key-set.ts';
import {
  type GrantedKeyStores,
  type GrantRequest,
  type NamedGrant,
  nameGrants,
  resolveGrants,
} from './grants.ts';
import type { IssuerKeySet } from './issuer-key-set.ts';
import { dropUnfollowed, type NewKeySet, storeKeySets } from './key-sets.ts';
import { type CredentialRequest, readCredentials, type ShownToken } from './read-credentials.ts';
import { readOverlap, replaceToken, requireTokenCredential } from './replace-token.ts';

export interface ApplicationRequest {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** ISO 8601 with a time zone, in the future; null: it never expires. */
  readonly expiresAt?: string | null | undefined;
  /** What it is known by. Absent in a creation: one TOKEN credential named `default`. */
  readonly credentials?: readonly CredentialRequest[] | undefined;
  readonly grants?: readonly GrantRequest[] | undefined;
}

/** A credential as it is shown: with the name of its JWK, without tokens. */
export type NamedCredential =
  | { readonly type: 'TOKEN'; readonly name: string; readonly expiresAt: Date | null }
  | { readonly type: 'MTLS'; readonly uriSan?: string; readonly spkiSha256?: string }
  | {
      readonly type: 'JWT';
      readonly issuer: string;
      readonly audience: string;
      readonly subject: string;
      readonly claims: Readonly<Record<string, unknown>>;
      readonly singleUse: boolean;
      readonly jwksUri?: string;
      readonly jwkName?: string;
    };

/** An application with the names of its keys. */
export interface FoundApplication {
  readonly application: Application;
  readonly credentials: readonly NamedCredential[];
  /** Of tokens that were replaced. */
  readonly formerTokens: readonly ApplicationToken[];
  /** Those that its JWTs are verified with. */
  readonly keySets: readonly IssuerKeySet[];
  readonly grants: readonly NamedGrant[];
  readonly lastUsedAt: Date | null;
}

/** The use of one key by one application. */
export interface NamedUsage {
  readonly keyName: string;
  readonly operation: string;
  readonly outcome: string;
  readonly count: number;
  readonly lastUsedAt: Date;
}

export interface ApplicationChange {
  /** New tokens, shown once. */
  readonly tokens: readonly ShownToken[];
  readonly result: ChangeResult;
}

export interface TokenReplacementRequest {
  /** Absent: the only TOKEN credential, or the one named `default`. */
  readonly credentialName?: string | undefined;
  readonly overlap?: string | undefined;
}

export interface Applications {
  list(
    projectId: string,
    query: ApplicationListQuery,
  ): Promise<{ readonly found: readonly FoundApplication[]; readonly total: number }>;
  get(projectId: string, name: string): Promise<FoundApplication & { readonly usage: readonly NamedUsage[] }>;
  create(scope: ProjectScope, request: ApplicationRequest): Promise<ApplicationChange>;
  /** What is absent stays as it is. `credentials` replace all former ones; a TOKEN of the same name keeps its token. */
  update(scope: ProjectScope, name: string, request: ApplicationRequest): Promise<ApplicationChange>;
  /** The former token is valid for as long as `overlap` (ISO 8601), and ends at once without it. */
  replaceToken(
    scope: ProjectScope,
    name: string,
    request: TokenReplacementRequest,
  ): Promise<ApplicationChange>;
  delete(scope: ProjectScope, name: string): Promise<ChangeResult>;
}

export type ApplicationRuleStores = ApplicationContentStores &
  GrantedKeyStores &
  AccessStores &
  EnvironmentStores &
  DesiredStateStores &
  IdempotencyStores & { readonly audit: AuditStore };

export interface ApplicationRuleOptions {
  readonly store: UnitOfWork<ApplicationRuleStores>;
  readonly audit: AuditLog;
  readonly deployments: Pick<Deployments, 'deploy'>;
  readonly clock: () => Date;
  readonly withFetches: WithFetches;
  readonly onUnreadable: OnUnreadable;
}

export function createApplications(options: ApplicationRuleOptions): Applications {
  const { store, audit, deployments, clock, withFetches, onUnreadable } = options;

  /** Stores and desires what `apply` makes of the application, and records it. */
  async function change(
    scope: ProjectScope,
    given: string,
    {
      action,
      apply,
      fetched = new Map(),
    }: {
      readonly action: string;
      readonly apply: (stores: ApplicationRuleStores, before: Application) => Promise<Applied>;
      readonly fetched?: ReadonlyMap<string, NewKeySet>;
    },
  ): Promise<ApplicationChange> {
    const { desired, tokens, warnings } = await store.write(async (stores) => {
      const before = await requireApplication(stores, scope.projectId, given);
      const { after, tokens, warnings } = await apply(stores, before);
      await stores.applications.update(after);
      const desired = await settle(stores, scope, { after, fetched });
      const kept = followedUris(after);
      const dropped = followedUris(before).filter((uri) => !kept.includes(uri));
      await dropUnfollowed(stores, scope.projectId, dropped);
      await audit.append(stores, applicationEvent(action, scope, after));
      await scope.once?.save(stores, { targets: desired, verb: 'deploy', warnings });
      return { desired, tokens, warnings };
    });
    return { tokens, result: withWarnings(await deployments.deploy(desired, 'deploy'), warnings) };
  }

  /** Stores the keys that were fetched for an application, and desires it. */
  async function settle(
    stores: ApplicationRuleStores,
    scope: ProjectScope,
    { after, fetched }: { readonly after: Application; readonly fetched: ReadonlyMap<string, NewKeySet> },
  ) {
    await requireOwnCredentials(stores, after);
    const others = await storeKeySets(stores, after, { fetched, now: clock() });
    await requireDeployable(stores, scope, after);
    await requireDeployableFollowers(stores, scope, others);
    return mergeTargets([
      ...(await putDesiredApplications(stores, scope, [after])),
      ...(await putDesiredFollowers(stores, scope, { applications: others, onUnreadable })),
    ]);
  }

  /**
   * The keys of each URI that is not followed yet, or that could not be read last. All else is checked before, so that nothing is fetched for a request that is
   * rejected anyway.
   * @throws KeyplaneError `bad_request` at the URI that cannot be read and has no keys yet
   */
  async function fetchNew(
    projectId: string,
    credentials: readonly CredentialRequest[] | undefined,
    check: (stores: ApplicationRuleStores) => Promise<unknown>,
  ): Promise<ReadonlyMap<string, NewKeySet>> {
    const wanted = new Map<string, string>();
    for (const [index, { jwksUri }] of (credentials ?? []).entries()) {
      const uri = jwksUri?.trim();
      if (uri !== undefined && !wanted.has(uri)) wanted.set(uri, `credentials[${index}].jwksUri`);
    }
    if (wanted.size === 0) return new Map();
    const followed = await store.read(async (stores) => {
      await check(stores);
      return stores.issuerKeySets.findMany(projectId, [...wanted.keys()]);
    });
    for (const { jwksUri, altered, refresh } of followed) {
      if (!altered && refresh.state === 'FRESH') wanted.delete(jwksUri);
    }
    const fetches = [...wanted].map(async ([uri, member]) => {
      const former = followed.find(({ jwksUri }) => jwksUri === uri);
      try {
        const found = await withFetches(projectId, (context) => fetchKeySet(context, uri));
        if (found === undefined) return [];
        return [[uri, { ...found, formerlyFetchedAt: former?.refresh.fetchedAt }] as const];
      } catch (error) {
        // Its last keys stay, so that a change of other credentials does not wait for the issuer.
        if (former && !former.altered && isKeyplaneError(error)) return [];
        throw atMember(member, error);
      }
    });
    return new Map((await Promise.all(fetches)).flat());
  }

  return {
    list: (projectId, query) =>
      store.read(async (stores) => {
        const { applications, total } = await stores.applications.list(projectId, query);
        return { found: await describe(stores, applications), total };
      }),

    get: (projectId, name) =>
      store.read(async (stores) => {
        const application = await requireApplication(stores, projectId, name);
        if (application.altered) throw alteredInDatabase(titleOf(application));
        const [found] = await describe(stores, [application]);
        if (!found) throw notFound(name);
        return { ...found, usage: await usageOf(stores, application) };
      }),

    async create(scope, request) {
      const { projectId, projectName } = scope;
      const name = checkName(request.name, 'Application name');
      const now = clock();
      const id = newId();
      const prepare = async (stores: ApplicationRuleStores): Promise<Applied> => {
        if (!(await stores.projects.get(projectId))) throw projectNotFound(projectName);
        if (await stores.applications.find(projectId, name)) throw nameTaken(name);
        const expiresAt = expiryOf(request.expiresAt, now);
        const { grants, warnings } = await resolveGrants(stores, projectId, request.grants ?? []);
        const { credentials, shown } = await readCredentials(stores, request.credentials ?? [], {
          projectId,
          before: [],
          now,
        });
        const after: Application = {
          id,
          projectId,
          name,
          description: request.description || null,
          expiresAt,
          credentials,
          grants,
          createdAt: now,
          updatedAt: now,
        };
        return { after, tokens: shown, warnings };
      };
      const fetched = await fetchNew(projectId, request.credentials, prepare);
      const { desired, tokens, warnings } = await store.write(async (stores) => {
        const { after, tokens, warnings } = await prepare(stores);
        await stores.applications.insert(after);
        const desired = await settle(stores, scope, { after, fetched });
        await audit.append(stores, applicationEvent('create', scope, after));
        await scope.once?.save(stores, { targets: desired, verb: 'deploy', warnings });
        return { desired, tokens, warnings };
      });
      return { tokens, result: withWarnings(await deployments.deploy(desired, 'deploy'), warnings) };
    },

    async update(scope, given, request) {
      const { projectId } = scope;
      const apply = async (stores: ApplicationRuleStores, before: Application): Promise<Applied> => {
        const { name, description, expiresAt, grants, credentials } = request;
        requireSameName(name, before.name, 'Application name');
        const now = clock();
        const expiry = expiresAt === undefined ? before.expiresAt : expiryOf(expiresAt, now);
        const granted =
          grants === undefined
            ? { grants: before.grants, warnings: [] }
            : await resolveGrants(stores, projectId, grants);
        const known =
          credentials === undefined
            ? { credentials: before.credentials, shown: [] }
            : await readCredentials(stores, credentials, { projectId, before: before.credentials, now });
        const after: Application = {
          ...before,
          description: description === undefined ? before.description : description || null,
          expiresAt: expiry,
          credentials: known.credentials,
          grants: granted.grants,
          updatedAt: now,
        };
        return { after, tokens: known.shown, warnings: granted.warnings };
      };
      const fetched = await fetchNew(projectId, request.credentials, async (stores) =>
        apply(stores, await requireApplication(stores, projectId, given)),
      );
      return change(scope, given, { action: 'update', apply, fetched });
    },

    async replaceToken(scope, given, { credentialName, overlap }) {
      const overlapMs = readOverlap(overlap);
      const { secretToken, hash } = newSecretToken('kpa_');
      return change(scope, given, {
        action: 'replaceToken',
        async apply(_stores, before) {
          const now = clock();
          const credential = requireTokenCredential(before, credentialName);
          const title = titleOf(before);
          const tokens = replaceToken(credential.tokens, hash.toString('hex'), { now, overlapMs, title });
          const credentials = before.credentials.map((one) =>
            one === credential ? { ...credential, tokens } : one,
          );
          const shown = [{ name: credential.name, token: secretToken }];
          return { after: { ...before, credentials, updatedAt: now }, tokens: shown, warnings: [] };
        },
      });
    },

    async delete(scope, given) {
      const targets = await store.write(async (stores) => {
        const application = await requireApplication(stores, scope.projectId, given);
        const desired = await withdrawApplication(stores, application);
        await stores.applications.delete(application.id);
        await dropUnfollowed(stores, scope.projectId, followedUris(application));
        await audit.append(stores, applicationEvent('delete', scope, application));
        await scope.once?.save(stores, { targets: desired, verb: 'undeploy' });
        return desired;
      });
      return deployments.deploy(targets, 'undeploy');
    },
  };
}

/** What a change makes of an application, and what the response has of it. */
interface Applied {
  readonly after: Application;
  readonly tokens: readonly ShownToken[];
  readonly warnings: readonly string[];
}

async function describe(
  stores: ApplicationRuleStores,
  applications: readonly Application[],
): Promise<readonly FoundApplication[]> {
  const grants = await nameGrants(stores, applications);
  const lastUsed = await stores.applications.lastUsedBy(applications.map(({ id }) => id));
  const jwks = await stores.jwks.getMany([...new Set(applications.flatMap(trustedJwkIds))]);
  const jwkNames = new Map(jwks.map((jwk) => [jwk.id, jwk.name]));
  const uris = [...new Set(applications.flatMap(followedUris))];
  const [first] = applications;
  const keySets = first === undefined ? [] : await stores.issuerKeySets.findMany(first.projectId, uris);
  return applications.map((application) => {
    const { id, credentials } = application;
    const own = followedUris(application);
    return {
      application,
      credentials: credentials.map((one) => nameCredential(one, jwkNames)),
      formerTokens: credentials
        .filter(isTokenCredential)
        .flatMap(({ tokens }) => tokens.filter(({ validUntil }) => validUntil !== null)),
      keySets: keySets.filter(({ jwksUri }) => own.includes(jwksUri)),
      grants: grants.get(id) ?? [],
      lastUsedAt: lastUsed.get(id) ?? null,
    };
  });
}

function nameCredential(credential: Credential, jwkNames: ReadonlyMap<string, string>): NamedCredential {
  switch (credential.type) {
    case 'TOKEN': {
      const { type, name, expiresAt } = credential;
      return { type, name, expiresAt };
    }
    case 'MTLS': {
      const { type, uriSan, spkiSha256 } = credential;
      return { type, ...(uriSan !== null && { uriSan }), ...(spkiSha256 !== null && { spkiSha256 }) };
    }
    case 'JWT': {
      const { jwksUri, jwkId, ...rest } = credential;
      if (jwksUri !== null) return { ...rest, jwksUri };
      return { ...rest, jwkName: jwkNames.get(jwkId ?? '') ?? '' };
    }
    default:
      return credential satisfies never;
  }
}

/** By the names of the keys; keys that were deleted are left out. */
async function usageOf(stores: ApplicationRuleStores, { id }: Application): Promise<readonly NamedUsage[]> {
  const usage = await stores.applications.usageOf(id);
  const jwks = await stores.jwks.getMany([...new Set(usage.map(({ jwkId }) => jwkId))]);
  const names = new Map(jwks.map((jwk) => [jwk.id, jwk.name]));
  return usage
    .flatMap(({ jwkId, operation, outcome, count, lastUsedAt }): readonly NamedUsage[] => {
      const keyName = names.get(jwkId);
      return keyName === undefined ? [] : [{ keyName, operation, outcome, count, lastUsedAt }];
    })
    .sort((a, b) => (sortText(a) < sortText(b) ? -1 : 1));
}

function sortText({ keyName, operation, outcome }: NamedUsage): string {
  return [keyName, operation, outcome].join(' ');
}

async function requireApplication(
  stores: ApplicationStores,
  projectId: string,
  given: string,
): Promise<Application> {
  const application = await stores.applications.find(projectId, lookupName(given));
  if (!application) throw notFound(given);
  return application;
}

function notFound(given: string) {
  return badRequest(`Application (name: ${shownText(given)}) is not found!`, { reason: 'NOT_FOUND' });
}

function nameTaken(name: string) {
  return badRequest(
    `Application (name: ${name}) is already exist! Try update operation if want to change its value.`,
    { reason: 'NAME_TAKEN', member: 'name' },
  );
}

function expiryOf(given: string | null | undefined, now: Date): Date | null {
  return given === undefined || given === null ? null : futureInstant(given, now);
}

function titleOf({ name }: Application): string {
  return `Application (name: ${name})`;
}

function applicationEvent(
  verb: string,
  { actor, projectName }: ProjectScope,
  { id, name, expiresAt, credentials, grants }: Application,
): AuditEvent {
  return auditEvent({
    actor,
    action: `application.${verb}`,
    objectType: 'application',
    objectId: id,
    objectName: name,
    projectName,
    details: {
      expiresAt: expiresAt?.toISOString() ?? null,
      credentials: credentials.length,
      grants: grants.length,
    },
  });
}
