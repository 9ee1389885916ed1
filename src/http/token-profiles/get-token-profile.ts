import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listOf, listResponse } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { tokenProfileItem, tokenProfileParams, tokenProfileView } from './token-profile-schemas.ts';

export function getTokenProfileRoute(
  app: KeyplaneServer,
  { tokenProfiles }: Pick<RouteServices, 'tokenProfiles'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/token-profiles/:tokenProfileName/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'getTokenProfile',
      tags: ['token-profiles'],
      summary: 'Get a token profile',
      description: 'Durations are written as they were given.',
      params: tokenProfileParams,
      response: { 200: listOf(tokenProfileItem) },
    },
    handler: async (request) => {
      const { tokenProfileName } = request.params;
      const found = await tokenProfiles.get(request.project.projectId, tokenProfileName);
      return listResponse([tokenProfileView(found)]);
    },
  });
}
