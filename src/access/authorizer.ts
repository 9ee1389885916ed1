// Who may do what: a project exists only for its members and for administrators, and within it the roles decide.

import { alteredProject } from '../altered-settings.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { RejectionLog } from '../audit/rejection-log.ts';
import { KeyplaneError } from '../errors.ts';
import { projectNotFound } from '../names.ts';
import type { AccessStores, Project, Role } from './access-store.ts';
import type { Caller, ProjectAccess } from './caller.ts';
import { holdsRole, rolesIn } from './narrowing.ts';

/** What deploys requires it. */
const deployingRole: Role = 'ROLE_DEPLOY_UNDEPLOY_PROXIES';

export interface Authorizer {
  /**
   * Judges what `authenticate` found.
   * @throws KeyplaneError `not_found` in the same words whether the project is unknown or the caller no member;
   * `forbidden` when a role is missing, which is audited; `unavailable` where the operation deploys and the row of the
   * project was altered
   */
  judge(
    caller: Caller,
    access: ProjectAccess | undefined,
    demand: ProjectDemand & { readonly projectName: string },
  ): Promise<ProjectAccess>;
  /** Whether `judge` would let the caller in. */
  mayAct(access: ProjectAccess, roles: readonly Role[]): boolean;
  /** @throws KeyplaneError `forbidden`, which is audited */
  requireAdmin(caller: Caller, operation: string): Promise<void>;
}

export interface ProjectDemand {
  /** All of them. */
  readonly roles: readonly Role[];
  /** What is to be done, for the audit record. */
  readonly operation: string;
}

export interface AuthorizerOptions {
  readonly rejections: RejectionLog;
}

export function createAuthorizer({ rejections }: AuthorizerOptions): Authorizer {
  async function deny(
    caller: Caller,
    objectName: string,
    facts: { projectName: string | null; operation: string },
  ) {
    const { projectName, operation } = facts;
    const event = auditEvent({
      actor: caller.username,
      action: 'access.deny',
      objectType: projectName === null ? 'installation' : 'project',
      objectName,
      projectName,
      outcome: 'DENIED',
      details: { operation },
    });
    await rejections.append(event, caller.username);
    return new KeyplaneError('forbidden', 'You do not have permission to perform this action');
  }

  const judge: Authorizer['judge'] = async (caller, access, { projectName, roles: needed, operation }) => {
    if (!access) throw projectNotFound(projectName);
    if (mayAct(access, needed)) {
      // The name of the project is part of all that is deployed for it.
      if (access.altered && needed.includes(deployingRole)) throw alteredProject(access.projectName);
      return access;
    }
    throw await deny(caller, access.projectName, { projectName: access.projectName, operation });
  };

  return {
    judge,
    mayAct,
    async requireAdmin(caller, operation) {
      if (!caller.admin) throw await deny(caller, 'administration', { projectName: null, operation });
    },
  };
}

/** Undefined for who may not know of it. */
export async function accessTo(
  stores: AccessStores,
  caller: Caller,
  project: Project | undefined,
): Promise<ProjectAccess | undefined> {
  if (!project) return undefined;
  const held = await rolesIn(stores, caller, project);
  if (held === undefined) return undefined;
  const access = { projectId: project.id, projectName: project.name, roles: held };
  return project.altered ? { ...access, altered: true } : access;
}

function mayAct(access: ProjectAccess, needed: readonly Role[]): boolean {
  return needed.every((role) => holdsRole(access.roles, role));
}
