import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs, named } from '../openapi/named.ts';
import { role } from '../openapi/named-values.ts';
import { rolesMember } from '../requests/body-schemas.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdminsOfProjects } from '../route-access.ts';

const given = z.strictObject({ roles: rolesMember() });
const body = describedAs(
  given,
  named(
    'MemberRoles',
    given.extend({ roles: z.array(role).max(100).describe('All roles of the member from now on') }),
  ),
);

export function putMemberRoute(app: KeyplaneServer, { members }: Pick<RouteServices, 'members'>): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/members/:username/',
    config: { access: openToAdminsOfProjects },
    schema: {
      operationId: 'putMember',
      tags: ['projects'],
      summary: 'Set the roles of a user in a project',
      description: 'The user becomes a member of the project. The roles replace earlier ones.',
      params: z.object({ projectName: z.string(), username: z.string() }),
      body,
      response: { 200: successResponse },
    },
    handler: async (request) => {
      const { username } = request.params;
      await members.put(request.caller, request.project, { username, roles: request.body.roles });
      return success;
    },
  });
}
