// Applications of a project: programs that have keys used at nodes. A token is shown once; what is stored and deployed is
// its hash. Each change is stored, desired and audited in one transaction, and then sent to the nodes.

import type { AccessStores } from '../access/access-store.ts';
import type { ProjectScope } from '../access/caller.ts';
import { futureInstant } from '../access/future-instant.ts';
import { newSecretToken } from '../access/secret-token.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditEvent, AuditLog, AuditStore } from '../audit/audit-log.ts';
import type { ChangeResult } from '../deployments/deployment-result.ts';
import type { Deployments } from '../deployments/deployments.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { alteredInDatabase, badRequest } from '../errors.ts';
import type { IdempotencyStores } from '../idempotency/idempotency-store.ts';
import { requireSameName } from '../materials/optimistic-update.ts';
import { checkName, lookupName, projectNotFound, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { Application } from './application.ts';
import { putDesiredApplications, withdrawApplication } from './application-deployment.ts';
import type { ApplicationListQuery, ApplicationStores } from './application-store.ts';
import {
  type GrantedKeyStores,
  type GrantRequest,
  type NamedGrant,
  nameGrants,
  resolveGrants,
} from './grants.ts';
import { readOverlap, replaceToken } from './replace-token.ts';

export interface ApplicationRequest {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** ISO 8601 with a time zone, in the future; null: it never expires. */
  readonly expiresAt?: string | null | undefined;
  readonly grants?: readonly GrantRequest[] | undefined;
}

/** An application with the names of its keys. */
export interface FoundApplication {
  readonly application: Application;
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

export interface NewApplicationToken {
  /** Shown once. */
  readonly secretToken: string;
  readonly result: ChangeResult;
}

export interface Applications {
  list(
    projectId: string,
    query: ApplicationListQuery,
  ): Promise<{ readonly found: readonly FoundApplication[]; readonly total: number }>;
  get(projectId: string, name: string): Promise<FoundApplication & { readonly usage: readonly NamedUsage[] }>;
  create(scope: ProjectScope, request: ApplicationRequest): Promise<NewApplicationToken>;
  /** What is absent stays as it is. */
  update(scope: ProjectScope, name: string, request: ApplicationRequest): Promise<ChangeResult>;
  /** The former token is valid for as long as `overlap` (ISO 8601), and ends at once without it. */
  replaceToken(scope: ProjectScope, name: string, overlap?: string): Promise<NewApplicationToken>;
  delete(scope: ProjectScope, name: string): Promise<ChangeResult>;
}

export type ApplicationRuleStores = ApplicationStores &
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
}

export function createApplications(options: ApplicationRuleOptions): Applications {
  const { store, audit, deployments, clock } = options;

  /** Stores and desires what `change` makes of the application, and records it. */
  async function change(
    scope: ProjectScope,
    given: string,
    {
      action,
      apply,
    }: {
      readonly action: string;
      readonly apply: (stores: ApplicationRuleStores, before: Application) => Promise<Application>;
    },
  ): Promise<ChangeResult> {
    const targets = await store.write(async (stores) => {
      const before = await requireApplication(stores, scope.projectId, given);
      const after = await apply(stores, before);
      await stores.applications.update(after);
      const desired = await putDesiredApplications(stores, scope, [after]);
      await audit.append(stores, applicationEvent(action, scope, after));
      await scope.once?.save(stores, { targets: desired, verb: 'deploy' });
      return desired;
    });
    return deployments.deploy(targets, 'deploy');
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
      const { secretToken, hash } = newSecretToken('kpa_');
      const id = newId();
      const targets = await store.write(async (stores) => {
        if (!(await stores.projects.get(projectId))) throw projectNotFound(projectName);
        if (await stores.applications.find(projectId, name)) throw nameTaken(name);
        const application: Application = {
          id,
          projectId,
          name,
          description: request.description || null,
          expiresAt: expiryOf(request.expiresAt, now),
          tokens: [{ hash: hash.toString('hex'), validUntil: null }],
          grants: await resolveGrants(stores, projectId, request.grants ?? []),
          createdAt: now,
          updatedAt: now,
        };
        await stores.applications.insert(application);
        const desired = await putDesiredApplications(stores, scope, [application]);
        await audit.append(stores, applicationEvent('create', scope, application));
        await scope.once?.save(stores, { targets: desired, verb: 'deploy' });
        return desired;
      });
      return { secretToken, result: await deployments.deploy(targets, 'deploy') };
    },

    update: (scope, given, { name, description, expiresAt, grants }) =>
      change(scope, given, {
        action: 'update',
        async apply(stores, before) {
          requireSameName(name, before.name, 'Application name');
          const now = clock();
          return {
            ...before,
            description: description === undefined ? before.description : description || null,
            expiresAt: expiresAt === undefined ? before.expiresAt : expiryOf(expiresAt, now),
            grants:
              grants === undefined ? before.grants : await resolveGrants(stores, scope.projectId, grants),
            updatedAt: now,
          };
        },
      }),

    async replaceToken(scope, given, overlap) {
      const overlapMs = readOverlap(overlap);
      const { secretToken, hash } = newSecretToken('kpa_');
      const result = await change(scope, given, {
        action: 'replaceToken',
        async apply(_stores, before) {
          const now = clock();
          const title = titleOf(before);
          const tokens = replaceToken(before.tokens, hash.toString('hex'), { now, overlapMs, title });
          return { ...before, tokens, updatedAt: now };
        },
      });
      return { secretToken, result };
    },

    async delete(scope, given) {
      const targets = await store.write(async (stores) => {
        const application = await requireApplication(stores, scope.projectId, given);
        const desired = await withdrawApplication(stores, application);
        await stores.applications.delete(application.id);
        await audit.append(stores, applicationEvent('delete', scope, application));
        await scope.once?.save(stores, { targets: desired, verb: 'undeploy' });
        return desired;
      });
      return deployments.deploy(targets, 'undeploy');
    },
  };
}

async function describe(
  stores: ApplicationRuleStores,
  applications: readonly Application[],
): Promise<readonly FoundApplication[]> {
  const grants = await nameGrants(stores, applications);
  const lastUsed = await stores.applications.lastUsedBy(applications.map(({ id }) => id));
  return applications.map((application) => {
    const { id } = application;
    return { application, grants: grants.get(id) ?? [], lastUsedAt: lastUsed.get(id) ?? null };
  });
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
  { id, name, expiresAt, grants }: Application,
): AuditEvent {
  return auditEvent({
    actor,
    action: `application.${verb}`,
    objectType: 'application',
    objectId: id,
    objectName: name,
    projectName,
    details: { expiresAt: expiresAt?.toISOString() ?? null, grants: grants.length },
  });
}
