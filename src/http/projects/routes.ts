// Projects and who is a member of them. To everyone else a project does not exist.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createProjectRoute } from './create-project.ts';
import { deleteMemberRoute } from './delete-member.ts';
import { deleteProjectRoute } from './delete-project.ts';
import { listMembersRoute } from './list-members.ts';
import { listProjectEnvironmentsRoute } from './list-project-environments.ts';
import { listProjectsRoute } from './list-projects.ts';
import { putMemberRoute } from './put-member.ts';
import { updateProjectRoute } from './update-project.ts';

const operations = [
  listProjectsRoute,
  createProjectRoute,
  updateProjectRoute,
  deleteProjectRoute,
  listProjectEnvironmentsRoute,
  listMembersRoute,
  putMemberRoute,
  deleteMemberRoute,
];

export function projectRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
