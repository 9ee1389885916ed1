import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { tokenProfileParams } from './token-profile-schemas.ts';

export function deleteTokenProfileRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'tokenProfiles' | 'idempotency'>,
): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/projects/:projectName/token-profiles/:tokenProfileName/',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    schema: {
      operationId: 'deleteTokenProfile',
      tags: ['token-profiles'],
      summary: 'Delete a token profile; nodes issue none of its tokens any more',
      description: 'Grants on it end. Tokens that were issued stay valid until they expire.',
      params: tokenProfileParams,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.tokenProfiles.delete(scope, request.params.tokenProfileName),
      ),
  });
}
