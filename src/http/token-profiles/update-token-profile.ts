import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import {
  nullableProfileMembers,
  tokenProfileParams,
  updateTokenProfileBody,
  verbatimProfileMembers,
} from './token-profile-schemas.ts';

export function updateTokenProfileRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'tokenProfiles' | 'idempotency'>,
): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/token-profiles/:tokenProfileName/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      nullMembers: nullableProfileMembers,
      verbatimMembers: verbatimProfileMembers,
    },
    schema: {
      operationId: 'updateTokenProfile',
      tags: ['token-profiles'],
      summary: 'Update a token profile',
      description:
        'What is absent stays as it is; `subject`, `claims` and `encryptTo` replace the former ones as a whole. Tokens that were issued before stay as they are.',
      params: tokenProfileParams,
      body: updateTokenProfileBody,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.tokenProfiles.update(scope, request.params.tokenProfileName, request.body),
      ),
  });
}
