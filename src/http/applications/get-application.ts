import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listOf, listResponse } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { applicationDetail, applicationDetailView } from './application-schemas.ts';

export function getApplicationRoute(
  app: KeyplaneServer,
  { applications }: Pick<RouteServices, 'applications'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/applications/:applicationName/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'getApplication',
      tags: ['applications'],
      summary: 'Get an application, with how often it used which key',
      description: 'Never with a token. The usage is what nodes have reported, every 10 seconds.',
      params: z.object({ projectName: z.string(), applicationName: z.string() }),
      response: { 200: listOf(applicationDetail) },
    },
    handler: async (request) => {
      const found = await applications.get(request.project.projectId, request.params.applicationName);
      return listResponse([applicationDetailView(found)]);
    },
  });
}
