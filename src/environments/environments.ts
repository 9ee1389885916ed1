// Environments: where projects deploy to. An environment that a project does not reach does not exist for it; without a
// list of projects every project reaches it. Its name cannot be changed, because nodes are configured with it.

import type { AccessStores } from '../access/access-store.ts';
import type { Caller } from '../access/caller.ts';
import { alteredEnvironment, requireRecordedName } from '../altered-settings.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditLog, AuditStore } from '../audit/audit-log.ts';
import { badRequest } from '../errors.ts';
import type { IdempotencyMark } from '../idempotency/idempotency-mark.ts';
import type { IdempotencyStores } from '../idempotency/idempotency-store.ts';
import { checkName, lookupName, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { checkAccessUrl } from './access-url.ts';
import type { DeploymentPort, ReachChange } from './deployment-port.ts';
import {
  type Environment,
  type EnvironmentStores,
  type EnvironmentType,
  environmentTypes,
} from './environment-store.ts';

export type EnvironmentRuleStores = EnvironmentStores &
  AccessStores &
  IdempotencyStores & { readonly audit: AuditStore };

export interface EnvironmentInput {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly accessUrl?: string | undefined;
  /** Names; absent: every project reaches it, none: no project does. */
  readonly projects?: readonly string[] | undefined;
  /** Absent: false for a new environment, unchanged for an existing one. */
  readonly environmentSet?: boolean | undefined;
}

export interface EnvironmentWithProjects {
  readonly environment: Environment;
  /** By name order; null: every project. */
  readonly projectNames: readonly string[] | null;
}

export interface Environments {
  /** By name order. */
  list(): Promise<readonly EnvironmentWithProjects[]>;
  /** Those that the project reaches, by name order. */
  listOfProject(projectId: string): Promise<readonly Environment[]>;
  create(caller: Caller, input: EnvironmentInput, once?: IdempotencyMark): Promise<void>;
  /**
   * Replaces everything but the name; a type or `environmentSet` that is left out stays as it is, and cannot be left out
   * where the row was altered outside keyplane.
   */
  update(caller: Caller, environmentName: string, input: EnvironmentInput): Promise<void>;
  /** Takes its nodes, tokens, and the materials for it along. */
  delete(caller: Caller, environmentName: string): Promise<void>;
}

export interface EnvironmentsOptions<Stores extends EnvironmentRuleStores> {
  readonly store: UnitOfWork<Stores>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
  readonly deployments: DeploymentPort<Stores>;
}

export function createEnvironments<Stores extends EnvironmentRuleStores>(
  options: EnvironmentsOptions<Stores>,
): Environments {
  const { store, audit, clock, deployments } = options;
  const record = (stores: Stores, caller: Caller, facts: { action: string; environment: Environment }) =>
    audit.append(stores, environmentEvent(caller, facts.action, facts.environment));

  return {
    list: () => store.read(listWithProjects),
    listOfProject: (projectId) => store.read((stores) => stores.environments.listReachedBy(projectId)),

    async create(caller, input, once) {
      const name = checkName(input.name ?? '', 'Environment name');
      const type = knownType(input.type);
      const accessUrl = checkAccessUrl(input.accessUrl);
      const createdAt = clock();
      const id = newId(createdAt.getTime());
      await store.write(async (stores) => {
        if (await stores.environments.find(name))
          throw badRequest(`Environment (name: ${name}) is already exist!`, {
            reason: 'NAME_TAKEN',
            member: 'name',
          });
        const projectIds = await idsOfProjects(stores, input.projects);
        const facts = { id, name, type, accessUrl, projectIds, description: input.description ?? null };
        const { environmentSet = false } = input;
        const environment = { ...facts, environmentSet, createdAt, updatedAt: createdAt };
        await stores.environments.insert(environment);
        await deployments.putDesiredSettings(stores, id);
        await deployments.syncEnvironment(stores, await reachChange(stores, environment, []));
        await record(stores, caller, { action: 'environment.create', environment });
        await once?.save(stores);
      });
      deployments.wake();
    },

    async update(caller, environmentName, input) {
      if (input.name !== undefined && lookupName(input.name) !== lookupName(environmentName)) {
        throw badRequest('Environment name can not be changed!', {
          reason: 'FIELD_NOT_VALID',
          member: 'name',
        });
      }
      const given = input.type === undefined ? undefined : knownType(input.type);
      const accessUrl = checkAccessUrl(input.accessUrl);
      await store.write(async (stores) => {
        const { altered, ...before } = await requireEnvironment(stores, environmentName);
        if (altered) await requireRepair(stores, before, input);
        const projectIds = await idsOfProjects(stores, input.projects);
        const facts = {
          type: given ?? before.type,
          accessUrl,
          projectIds,
          environmentSet: input.environmentSet ?? before.environmentSet,
          description: input.description ?? null,
        };
        const environment = { ...before, ...facts, updatedAt: clock() };
        await stores.environments.update(environment);
        if (input.environmentSet !== undefined)
          await deployments.putDesiredSettings(stores, environment.id, ['environment-set']);
        await deployments.syncEnvironment(
          stores,
          await reachChange(stores, environment, altered ? 'unknown' : before.projectIds),
        );
        await record(stores, caller, { action: 'environment.update', environment });
      });
      deployments.wake();
    },

    async delete(caller, environmentName) {
      const removed = await store.write(async (stores) => {
        const environment = await requireEnvironment(stores, environmentName);
        await stores.environments.delete(environment.id);
        await record(stores, caller, { action: 'environment.delete', environment });
        return environment;
      });
      deployments.environmentRemoved(removed.id);
      deployments.wake();
    },
  };
}

/** For administrators, to whom every environment exists. @throws KeyplaneError `bad_request` */
export async function requireEnvironment(stores: EnvironmentStores, name: string): Promise<Environment> {
  const environment = await stores.environments.find(lookupName(name));
  if (environment) return environment;
  throw badRequest(
    `Environment (${shownText(name)}) is not found or user does not have privilege to access it!`,
    { reason: 'NOT_FOUND', member: 'environmentName' },
  );
}

async function listWithProjects(stores: EnvironmentRuleStores): Promise<readonly EnvironmentWithProjects[]> {
  const projects = await stores.projects.list();
  const environments = await stores.environments.list();
  return environments.map((environment) => {
    const reached = environment.projectIds && new Set(environment.projectIds);
    const names = reached && projects.filter(({ id }) => reached.has(id)).map(({ name }) => name);
    return { environment, projectNames: names };
  });
}

/** What is left out stays as it is, so that an altered row is only stored with everything. @throws KeyplaneError */
async function requireRepair(
  { audit }: EnvironmentRuleStores,
  { id, name }: Pick<Environment, 'id' | 'name'>,
  { type, environmentSet }: EnvironmentInput,
): Promise<void> {
  await requireRecordedName(audit, { id, name, type: 'environment' });
  if (type === undefined || environmentSet === undefined) throw alteredEnvironment(name);
}

/** @param before ids of the projects that reached it; null: every project did; unknown: some may have */
async function reachChange(
  stores: AccessStores,
  { id: environmentId, projectIds }: Environment,
  before: readonly string[] | null | 'unknown',
): Promise<ReachChange> {
  if (before === null && projectIds === null) return { environmentId, gained: [], lost: [] };
  const everyone = (await stores.projects.list()).map(({ id }) => id);
  const has = new Set(projectIds ?? everyone);
  // Desired state that is as it should be gets no revision.
  if (before === 'unknown')
    return { environmentId, gained: [...has], lost: everyone.filter((id) => !has.has(id)) };
  const had = new Set(before ?? everyone);
  const gained = [...has].filter((id) => !had.has(id));
  return { environmentId, gained, lost: [...had].filter((id) => !has.has(id)) };
}

function knownType(given: string | undefined): EnvironmentType {
  const valid = `Valid values: ${environmentTypes.join(', ')}`;
  if (given === undefined || given === '')
    throw badRequest(`Environment type is required! ${valid}`, { reason: 'FIELD_REQUIRED', member: 'type' });
  const type = environmentTypes.find((known) => known === given);
  if (type === undefined)
    throw badRequest(`Environment type (${shownText(given)}) is not valid! ${valid}`, {
      reason: 'FIELD_NOT_VALID',
      member: 'type',
    });
  return type;
}

async function idsOfProjects(
  stores: AccessStores,
  names: readonly string[] | undefined,
): Promise<readonly string[] | null> {
  if (names === undefined) return null;
  const ids = new Set<string>();
  const unknown: string[] = [];
  for (const name of new Set(names)) {
    const project = await stores.projects.find(lookupName(name));
    if (project) ids.add(project.id);
    else unknown.push(shownText(name));
  }
  if (unknown.length > 0)
    throw badRequest(`Project (name: ${unknown.slice(0, 10).join(', ')}) is not found!`, {
      reason: 'NOT_FOUND',
      member: 'projects',
    });
  return [...ids];
}

function environmentEvent(caller: Caller, action: string, environment: Environment) {
  const { id, name, type, projectIds, environmentSet } = environment;
  return auditEvent({
    actor: caller.username,
    action,
    objectType: 'environment',
    objectId: id,
    objectName: name,
    details: { type, projects: projectIds?.length ?? 'all', environmentSet },
  });
}
