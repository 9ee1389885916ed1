import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import {
  createTokenProfileBody,
  nullableProfileMembers,
  verbatimProfileMembers,
} from './token-profile-schemas.ts';

export function createTokenProfileRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'tokenProfiles' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/token-profiles/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      nullMembers: nullableProfileMembers,
      verbatimMembers: verbatimProfileMembers,
    },
    schema: {
      operationId: 'createTokenProfile',
      tags: ['token-profiles'],
      summary: 'Create a token profile and deploy it to the nodes',
      description:
        'Applications with a grant of ISSUE on it have tokens issued by the operations listener of a node: POST /projects/{projectName}/token-profiles/{tokenProfileName}/tokens.',
      params: z.object({ projectName: z.string() }),
      body: createTokenProfileBody,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) => services.tokenProfiles.create(scope, request.body)),
  });
}
