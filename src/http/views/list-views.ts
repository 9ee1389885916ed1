import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { listOf } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { viewItem, viewView } from './view-schemas.ts';

export function listViewsRoute(app: KeyplaneServer, { views }: Pick<RouteServices, 'views'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/views/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'listViews',
      tags: ['views'],
      summary: 'List the views of a project',
      description: 'In pages, sorted and filtered.',
      params: z.object({ projectName: z.string() }),
      querystring: listQuery,
      response: { 200: listOf(viewItem) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, ['name', 'createdAt', 'updatedAt']);
      const { found, total } = await views.list(request.project.projectId, query);
      return { success: true as const, resultList: found.map(viewView), resultCount: total };
    },
  });
}
