import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { forceOf, forceQuery } from '../requests/force-query.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { ringParams } from './ring-schemas.ts';

export function deleteKeyRingRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'keyRings' | 'idempotency'>,
): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/projects/:projectName/key-rings/:ringName/',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    schema: {
      operationId: 'deleteKeyRing',
      tags: ['key-rings'],
      summary: 'Undeploy and delete a key ring with its keys',
      description: 'Rejected while a token that one of its keys signed may still have to be verified.',
      params: ringParams,
      querystring: forceQuery,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.keyRings.delete(scope, request.params.ringName, forceOf(request.query)),
      ),
  });
}
