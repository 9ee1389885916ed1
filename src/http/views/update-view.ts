import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { nullableViewMembers, updateViewBody, viewParams } from './view-schemas.ts';

export function updateViewRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'views' | 'idempotency'>,
): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/views/:viewName/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      nullMembers: nullableViewMembers,
    },
    schema: {
      operationId: 'updateView',
      tags: ['views'],
      summary: 'Update a view',
      description:
        'What is absent stays as it is; `include` and `exclude` replace the former ones as a whole.',
      params: viewParams,
      body: updateViewBody,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.views.update(scope, request.params.viewName, request.body),
      ),
  });
}
