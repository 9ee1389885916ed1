// Projects and who is a member of them. To everyone else a project does not exist.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createProject } from './create-project.ts';
import { deleteMember } from './delete-member.ts';
import { deleteProject } from './delete-project.ts';
import { listMembers } from './list-members.ts';
import { listProjectEnvironments } from './list-project-environments.ts';
import { listProjects } from './list-projects.ts';
import { putMember } from './put-member.ts';
import { updateProject } from './update-project.ts';

const operations = [
  listProjects,
  createProject,
  updateProject,
  deleteProject,
  listProjectEnvironments,
  listMembers,
  putMember,
  deleteMember,
];

export function projectRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
