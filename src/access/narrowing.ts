// A personal token may be narrowed: it sees only the projects that it lists, in each with at most the roles that it
// lists and that its user still has. It has no administrator rights, even if its user is an administrator.

import {
  type AccessStores,
  type Membership,
  type NarrowedProject,
  type Project,
  type Role,
  roles,
} from './access-store.ts';
import type { Caller } from './caller.ts';

/** ROLE_ADMIN stands for every role. */
export function holdsRole(held: readonly Role[], role: Role): boolean {
  return held.includes(role) || held.includes('ROLE_ADMIN');
}

/** The roles that a caller has in a project; undefined where the project does not exist for the caller. */
export async function rolesIn(
  stores: AccessStores,
  caller: Caller,
  project: Project,
): Promise<readonly Role[] | undefined> {
  if (caller.admin) return roles;
  const { narrowed, userId } = caller;
  if (narrowed === null) return stores.members.rolesOf(project.id, userId);
  const limit = narrowed.projects.find(({ projectId }) => projectId === project.id);
  if (limit === undefined) return undefined;
  const held = narrowed.ofAdmin ? roles : await stores.members.rolesOf(project.id, userId);
  return held && commonRoles(held, limit.roles);
}

/** The projects that exist for a caller, by name, with the roles in each. */
export async function membershipsOf(stores: AccessStores, caller: Caller): Promise<readonly Membership[]> {
  const { narrowed } = caller;
  const held =
    caller.admin || narrowed?.ofAdmin
      ? (await stores.projects.list()).map((project) => ({ project, roles }))
      : await stores.members.listOfUser(caller.userId);
  if (narrowed === null) return held;
  const limits = new Map(narrowed.projects.map((one) => [one.projectId, one.roles]));
  return held.flatMap(({ project, roles: own }) => {
    const limit = limits.get(project.id);
    return limit ? [{ project, roles: commonRoles(own, limit) }] : [];
  });
}

/** Whether a token that is narrowed to `inner` may do nothing that one narrowed to `outer` may not. Null: not narrowed. */
export function isWithin(
  inner: readonly NarrowedProject[] | null,
  outer: readonly NarrowedProject[] | null,
): boolean {
  if (outer === null) return true;
  if (inner === null) return false;
  return inner.every(({ projectId, roles: wanted }) => {
    const limit = outer.find((one) => one.projectId === projectId);
    return limit !== undefined && wanted.every((role) => holdsRole(limit.roles, role));
  });
}

function commonRoles(held: readonly Role[], limit: readonly Role[]): readonly Role[] {
  return roles.filter((role) => holdsRole(held, role) && holdsRole(limit, role));
}
