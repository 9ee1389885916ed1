import { z } from 'zod';
import { success, successAnswer } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { rolesMember } from '../requests/body-schemas.ts';
import { openToAdminsOfProjects } from '../route-access.ts';

const body = named('MemberRoles', z.strictObject({ roles: rolesMember() }));

export function putMember(app: KeyplaneServer, { members }: Pick<RouteServices, 'members'>): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/members/:username/',
    config: { access: openToAdminsOfProjects },
    schema: {
      operationId: 'putMember',
      tags: ['projects'],
      summary: 'Make a user a member of a project, with exactly these roles',
      params: z.object({ projectName: z.string(), username: z.string() }),
      body,
      response: { 200: successAnswer },
    },
    handler: async (request) => {
      const { username } = request.params;
      await members.put(request.caller, request.project, { username, roles: request.body.roles });
      return success;
    },
  });
}
