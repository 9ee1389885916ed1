import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { generateJwkBody } from './generate-schemas.ts';

export function generateJwkRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'generateJwk' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/jwks/generate',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    schema: {
      operationId: 'generateJwk',
      tags: ['jwks'],
      summary: 'Generate a JWK and deploy it',
      description:
        'The private part is encrypted at rest and never leaves keyplane unless it is exported. Without `kid` one is made as `keyIdType` says.',
      params: z.object({ projectName: z.string() }),
      body: generateJwkBody,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) => services.generateJwk(scope, request.body)),
  });
}
