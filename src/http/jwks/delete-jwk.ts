import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { forceOf, forceQuery } from '../requests/force-query.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { jwkParams } from './jwk-schemas.ts';

export function deleteJwkRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'deleteJwk' | 'idempotency'>,
): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/projects/:projectName/jwks/:jwkName/',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    schema: {
      operationId: 'deleteJwk',
      tags: ['jwks'],
      summary: 'Undeploy and delete a JWK',
      description:
        'Nodes stop publishing it before it is deleted. Rejected for a JWK that an application used in the last 7 days.',
      params: jwkParams,
      querystring: forceQuery,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.deleteJwk(scope, request.params.jwkName, forceOf(request.query)),
      ),
  });
}
