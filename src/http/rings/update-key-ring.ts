import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { nullablePolicyMembers, ringParams, updateRingBody } from './ring-schemas.ts';

export function updateKeyRingRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'keyRings' | 'idempotency'>,
): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/key-rings/:ringName/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      nullMembers: nullablePolicyMembers,
    },
    schema: {
      operationId: 'updateKeyRing',
      tags: ['key-rings'],
      summary: 'Update the policy of a key ring',
      description:
        'What is left out stays as it is. Name, type and use cannot be changed. With another algorithm, curve or size a key that never signed is withdrawn, and one of the new kind is published in its place.',
      params: ringParams,
      body: updateRingBody,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.keyRings.update(scope, request.params.ringName, request.body),
      ),
  });
}
