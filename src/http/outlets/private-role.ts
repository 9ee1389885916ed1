import type { FastifyRequest } from 'fastify';
import type { RequirePrivateRole } from '../../outlets/outlets.ts';
import type { RouteServices } from '../http-services.ts';

const roles = Object.freeze(['ROLE_READ_PRIVATE_KEYS'] as const);

/** Private content can be read where it is delivered. A refusal is audited. */
export function privateRoleOf(
  { caller, project }: Pick<FastifyRequest, 'caller' | 'project'>,
  { authorizer }: Pick<RouteServices, 'authorizer'>,
  operation: string,
): RequirePrivateRole {
  return async () => {
    await authorizer.judge(caller, project, { projectName: project.projectName, roles, operation });
  };
}
