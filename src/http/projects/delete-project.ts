import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdminsOfProjects } from '../route-access.ts';

export function deleteProjectRoute(app: KeyplaneServer, { projects }: Pick<RouteServices, 'projects'>): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/projects/:projectName/',
    config: { access: openToAdminsOfProjects },
    schema: {
      operationId: 'deleteProject',
      tags: ['projects'],
      summary: 'Undeploy and delete a project with everything in it',
      description:
        'Its JWKs, certificates, keys and keystores are undeployed from every environment and deleted.',
      params: z.object({ projectName: z.string() }),
      response: { 200: successResponse },
    },
    handler: async (request) => {
      await projects.delete(request.caller, request.project);
      return success;
    },
  });
}
