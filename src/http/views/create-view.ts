import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { createViewBody, nullableViewMembers } from './view-schemas.ts';

export function createViewRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'views' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/views/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      nullMembers: nullableViewMembers,
    },
    schema: {
      operationId: 'createView',
      tags: ['views'],
      summary: 'Create a view and deploy it to the nodes',
      description:
        'Nodes publish it as a JWK Set at GET /projects/{projectName}/views/{viewName}/.well-known/jwks.json.',
      params: z.object({ projectName: z.string() }),
      body: createViewBody,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) => services.views.create(scope, request.body)),
  });
}
