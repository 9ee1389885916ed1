import { auditEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { badRequest } from '../errors.ts';
import { projectNotFound, shownText } from '../names.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditedAccessStores } from './access-store.ts';
import { type Member, type Membership, type Role, roles } from './access-store.ts';
import type { Caller, ProjectAccess } from './caller.ts';
import { membershipsOf } from './narrowing.ts';
import { requireUser } from './users.ts';

/** Who is a member of a project with which roles. For administrators. */
export interface Members {
  /** By username. */
  list(project: ProjectAccess): Promise<readonly Member[]>;
  /** The projects that the caller may see with what they may do there, by name; for an administrator all. */
  projectsOf(caller: Caller): Promise<readonly Membership[]>;
  /** Replaces the roles that the user has in the project. */
  put(caller: Caller, project: ProjectAccess, member: NewMember): Promise<void>;
  delete(caller: Caller, project: ProjectAccess, username: string): Promise<void>;
}

export interface NewMember {
  readonly username: string;
  readonly roles: readonly string[];
}

export interface MembersOptions {
  readonly store: UnitOfWork<AuditedAccessStores>;
  readonly audit: AuditLog;
}

export function createMembers({ store, audit }: MembersOptions): Members {
  return {
    list: ({ projectId }) => store.read((stores) => stores.members.listOfProject(projectId)),

    projectsOf: (caller) => store.read((stores) => membershipsOf(stores, caller)),

    async put(caller, project, { username, roles: given }) {
      const memberRoles = knownRoles(given);
      await store.write(async (stores) => {
        await refuseGone(stores, project);
        const user = await requireUser(stores, username);
        await stores.members.put(project.projectId, user.id, memberRoles);
        const details = { roles: memberRoles.join(' ') };
        await audit.append(
          stores,
          memberEvent(caller, 'member.put', { project, objectName: user.username, details }),
        );
      });
    },

    async delete(caller, project, username) {
      await store.write(async (stores) => {
        await refuseGone(stores, project);
        const user = await requireUser(stores, username);
        const wasMember = await stores.members.delete(project.projectId, user.id);
        if (!wasMember)
          throw badRequest(`Member (name: ${user.username}) is not found!`, { reason: 'NOT_FOUND' });
        const facts = { project, objectName: user.username, details: {} };
        await audit.append(stores, memberEvent(caller, 'member.delete', facts));
      });
    },
  };
}

/** Each once, in the order of the list. */
export function knownRoles(given: readonly string[]): readonly Role[] {
  const unknown = given.find((role) => !roles.some((known) => known === role));
  const valid = `Valid values: ${roles.join(', ')}`;
  if (unknown !== undefined) {
    throw badRequest(`Role (${shownText(unknown)}) is not valid! ${valid}`, {
      reason: 'FIELD_NOT_VALID',
      member: 'roles',
    });
  }
  if (given.length === 0) {
    throw badRequest(`roles can not be empty! ${valid}`, { reason: 'FIELD_REQUIRED', member: 'roles' });
  }
  return roles.filter((role) => given.includes(role));
}

/** The project may have been deleted since the caller was authorized. */
async function refuseGone(
  stores: AuditedAccessStores,
  { projectId, projectName }: ProjectAccess,
): Promise<void> {
  if (!(await stores.projects.get(projectId))) throw projectNotFound(projectName);
}

interface MemberFacts {
  readonly project: ProjectAccess;
  readonly objectName: string;
  readonly details: Readonly<Record<string, string>>;
}

function memberEvent(caller: Caller, action: string, { project, objectName, details }: MemberFacts) {
  const { projectName } = project;
  return auditEvent({
    actor: caller.username,
    action,
    objectType: 'member',
    objectName,
    projectName,
    details,
  });
}
