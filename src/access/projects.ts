import { alteredProject, requireRecordedName } from '../altered-settings.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { badRequest } from '../errors.ts';
import type { IdempotencyMark } from '../idempotency/idempotency-mark.ts';
import { checkName, lookupName, projectNotFound } from '../names.ts';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditedAccessStores, Project } from './access-store.ts';
import type { Caller, ProjectAccess } from './caller.ts';
import { membershipsOf } from './narrowing.ts';
import { publishKeyTypesOf, readPublishKeyTypes } from './publish-key-types.ts';

/** What changes of a project mean for the nodes. */
export interface ProjectDeployments<Stores> {
  /** In the caller's transaction: removes every object of the project from the desired state of every environment. */
  withdrawProject(stores: Stores, projectId: string): Promise<void>;
  /**
   * In the caller's transaction, after the project was stored with another key ring for its historical keys.
   * @param former undefined: not known
   * @throws KeyplaneError `bad_request` where it has no such ring
   */
  putDesiredSigner(stores: Stores, project: Project, former: string | null | undefined): Promise<void>;
  /** In the caller's transaction, after the project was stored with other key types for its JWK Set. */
  putDesiredProjectSet(stores: Stores, project: Project): Promise<void>;
  /** After commit: wakes the loop that brings nodes up to date. */
  wake(): void;
}

export interface NewProject {
  readonly name: string;
  readonly description?: string | undefined;
  /** Key types in its JWK Set. Absent: the default ones. */
  readonly publishKeyTypes?: readonly string[] | null | undefined;
}

export interface ProjectChange {
  /** May be given, but only as it is. */
  readonly name?: string | undefined;
  /** Absent: none. */
  readonly description?: string | undefined;
  /** The key ring that signs its historical keys; null: its only one that can. Absent: as it is. */
  readonly historicalKeyRingName?: string | null | undefined;
  /** Key types in its JWK Set; null: the default ones. Absent: as they are. */
  readonly publishKeyTypes?: readonly string[] | null | undefined;
}

export interface Projects {
  /** By name order; those the caller is a member of, or all for an administrator. */
  list(caller: Caller): Promise<readonly Project[]>;
  create(caller: Caller, input: NewProject, once?: IdempotencyMark): Promise<void>;
  /** One whose row was altered outside keyplane takes only all of its settings at once. */
  update(caller: Caller, project: ProjectAccess, change: ProjectChange): Promise<void>;
  /** Undeploys and deletes everything in it. */
  delete(caller: Caller, project: ProjectAccess): Promise<void>;
}

export interface ProjectsOptions<Stores extends AuditedAccessStores> {
  readonly store: UnitOfWork<Stores>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
  readonly deployments: ProjectDeployments<Stores>;
}

export function createProjects<Stores extends AuditedAccessStores>(
  options: ProjectsOptions<Stores>,
): Projects {
  const { store, audit, clock, deployments } = options;
  return {
    list: (caller) =>
      store.read(async (stores) => (await membershipsOf(stores, caller)).map(({ project }) => project)),

    async create(caller, input, once) {
      const name = checkName(input.name, 'Project name');
      const createdAt = clock();
      const id = newId(createdAt.getTime());
      const project = {
        id,
        name,
        description: input.description ?? null,
        historicalKeyRingName: null,
        publishKeyTypes: input.publishKeyTypes ? readPublishKeyTypes(input.publishKeyTypes) : null,
        createdAt,
        updatedAt: createdAt,
      };
      await store.write(async (stores) => {
        if (await stores.projects.find(name))
          throw badRequest(`Project (name: ${name}) is already exist!`, {
            reason: 'NAME_TAKEN',
            member: 'name',
          });
        await stores.projects.insert(project);
        const { publishKeyTypes } = project;
        if (publishKeyTypes !== null) await deployments.putDesiredProjectSet(stores, project);
        const details = publishKeyTypes === null ? {} : { publishKeyTypes: publishKeyTypes.join(', ') };
        await audit.append(stores, { ...projectEvent(caller, 'project.create', project), details });
        await once?.save(stores);
      });
      if (project.publishKeyTypes !== null) deployments.wake();
    },

    async update(caller, { projectId, projectName }, change) {
      if (change.name !== undefined && lookupName(change.name) !== projectName) {
        throw badRequest('Project name can not be changed!', { reason: 'FIELD_NOT_VALID', member: 'name' });
      }
      await store.write(async (stores) => {
        const found = await stores.projects.get(projectId);
        if (!found) throw projectNotFound(projectName);
        const { altered, ...before } = found;
        if (altered) await requireRepair(stores, before, change);
        const former = before.historicalKeyRingName;
        const { historicalKeyRingName: chosen = former, publishKeyTypes: types } = change;
        const project = {
          ...before,
          description: change.description ?? null,
          historicalKeyRingName: chosen?.normalize('NFC') ?? null,
          publishKeyTypes: types === undefined ? before.publishKeyTypes : types && readPublishKeyTypes(types),
          updatedAt: clock(),
        };
        await stores.projects.update(project);
        const isOther = project.historicalKeyRingName !== former;
        if (change.historicalKeyRingName !== undefined)
          await deployments.putDesiredSigner(stores, project, altered ? undefined : former);
        if (types !== undefined) await deployments.putDesiredProjectSet(stores, project);
        const publishesOthers = `${project.publishKeyTypes}` !== `${before.publishKeyTypes}`;
        const details = {
          ...(altered && { repaired: true }),
          ...(isOther && { historicalKeyRingName: project.historicalKeyRingName }),
          ...(publishesOthers && { publishKeyTypes: publishKeyTypesOf(project).join(', ') }),
        };
        await audit.append(stores, { ...projectEvent(caller, 'project.update', project), details });
      });
      deployments.wake();
    },

    async delete(caller, { projectId, projectName }) {
      await store.write(async (stores) => {
        const project = await stores.projects.get(projectId);
        if (!project) throw projectNotFound(projectName);
        await deployments.withdrawProject(stores, projectId);
        await stores.projects.delete(projectId);
        await audit.append(stores, projectEvent(caller, 'project.delete', project));
      });
      deployments.wake();
    },
  };
}

/**
 * What is left out stays as it is, so that an altered row is only stored with everything that decides what is deployed.
 * @throws KeyplaneError
 */
async function requireRepair(
  { audit }: AuditedAccessStores,
  { id, name }: Pick<Project, 'id' | 'name'>,
  { historicalKeyRingName, publishKeyTypes }: ProjectChange,
): Promise<void> {
  await requireRecordedName(audit, { id, name, type: 'project' });
  if (historicalKeyRingName === undefined || publishKeyTypes === undefined) throw alteredProject(name);
}

function projectEvent(caller: Caller, action: string, { id, name }: Project) {
  const actor = caller.username;
  return auditEvent({
    actor,
    action,
    objectType: 'project',
    objectId: id,
    objectName: name,
    projectName: name,
  });
}
