import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { readUnused, unusedForDays } from '../requests/unused-query.ts';
import { listOf } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { applicationItem, applicationView } from './application-schemas.ts';

export function listApplicationsRoute(
  app: KeyplaneServer,
  { applications }: Pick<RouteServices, 'applications'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/applications/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'listApplications',
      tags: ['applications'],
      summary: 'List the applications of a project',
      description: 'In pages, sorted and filtered; never with a token.',
      params: z.object({ projectName: z.string() }),
      querystring: listQuery.extend({ unusedForDays }),
      response: { 200: listOf(applicationItem) },
    },
    handler: async (request) => {
      const query = {
        ...readListQuery(request.query, ['name', 'createdAt', 'updatedAt']),
        ...readUnused(request.query.unusedForDays),
      };
      const { found, total } = await applications.list(request.project.projectId, query);
      return { success: true as const, resultList: found.map(applicationView), resultCount: total };
    },
  });
}
