import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { readUnused, unusedForDays } from '../requests/unused-query.ts';
import { listOf } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { ringItem } from './ring-schemas.ts';
import { ringView } from './ring-views.ts';

const sortFields = ['name', 'createdAt', 'updatedAt'] as const;

export function listKeyRingsRoute(app: KeyplaneServer, { keyRings }: Pick<RouteServices, 'keyRings'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/key-rings/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'listKeyRings',
      tags: ['key-rings'],
      summary: 'List the key rings of a project',
      description: 'Paged, sorted and searched. Each as Get key ring shows it.',
      params: z.object({ projectName: z.string() }),
      querystring: listQuery.extend({ unusedForDays }),
      response: { 200: listOf(ringItem) },
    },
    handler: async (request) => {
      const page = {
        ...readListQuery(request.query, sortFields),
        ...readUnused(request.query.unusedForDays),
      };
      const { rings, total } = await keyRings.list(request.project.projectId, page);
      return { success: true as const, resultList: rings.map(ringView), resultCount: total };
    },
  });
}
