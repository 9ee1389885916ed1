import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdminsOfProjects } from '../route-access.ts';

export function deleteMemberRoute(app: KeyplaneServer, { members }: Pick<RouteServices, 'members'>): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/projects/:projectName/members/:username/',
    config: { access: openToAdminsOfProjects },
    schema: {
      operationId: 'deleteMember',
      tags: ['projects'],
      summary: 'Remove a member from a project',
      description: 'The project does not exist for the user from then on.',
      params: z.object({ projectName: z.string(), username: z.string() }),
      response: { 200: successResponse },
    },
    handler: async (request) => {
      await members.delete(request.caller, request.project, request.params.username);
      return success;
    },
  });
}
