import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { createRingBody, nullablePolicyMembers } from './ring-schemas.ts';

export function createKeyRingRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'keyRings' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/key-rings/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      nullMembers: nullablePolicyMembers,
    },
    schema: {
      operationId: 'createKeyRing',
      tags: ['key-rings'],
      summary: 'Create a key ring and its first key',
      description:
        'The first key becomes ACTIVE once every node has confirmed it, and a second one is published as its successor. `warnings` say until when caches of the JWK Set of the project may lack the first key, where that set holds keys of its type.',
      params: z.object({ projectName: z.string() }),
      body: createRingBody,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) => services.keyRings.create(scope, request.body)),
  });
}
