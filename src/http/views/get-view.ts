import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listOf, listResponse } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { viewItem, viewParams, viewView } from './view-schemas.ts';

export function getViewRoute(app: KeyplaneServer, { views }: Pick<RouteServices, 'views'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/views/:viewName/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'getView',
      tags: ['views'],
      summary: 'Get a view',
      description: 'Its key rings and JWKs by the names that they have now.',
      params: viewParams,
      response: { 200: listOf(viewItem) },
    },
    handler: async (request) => {
      const found = await views.get(request.project.projectId, request.params.viewName);
      return listResponse([viewView(found)]);
    },
  });
}
