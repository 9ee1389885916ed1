import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { viewParams } from './view-schemas.ts';

export function deleteViewRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'views' | 'idempotency'>,
): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/projects/:projectName/views/:viewName/',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    schema: {
      operationId: 'deleteView',
      tags: ['views'],
      summary: 'Delete a view; nodes respond with 404 at its address',
      description: 'Its keys stay in the other JWK Sets that hold them.',
      params: viewParams,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) => services.views.delete(scope, request.params.viewName)),
  });
}
