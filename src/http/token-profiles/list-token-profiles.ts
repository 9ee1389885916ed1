import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { listOf } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { tokenProfileItem, tokenProfileView } from './token-profile-schemas.ts';

export function listTokenProfilesRoute(
  app: KeyplaneServer,
  { tokenProfiles }: Pick<RouteServices, 'tokenProfiles'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/token-profiles/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'listTokenProfiles',
      tags: ['token-profiles'],
      summary: 'List the token profiles of a project',
      description: 'In pages, sorted and filtered.',
      params: z.object({ projectName: z.string() }),
      querystring: listQuery,
      response: { 200: listOf(tokenProfileItem) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, ['name', 'createdAt', 'updatedAt']);
      const { found, total } = await tokenProfiles.list(request.project.projectId, query);
      return { success: true as const, resultList: found.map(tokenProfileView), resultCount: total };
    },
  });
}
