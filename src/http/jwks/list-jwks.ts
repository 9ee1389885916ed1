import { z } from 'zod';
import { listOf } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { openToMembers } from '../route-access.ts';
import { jwkItem } from './jwk-schemas.ts';
import { jwkListItem } from './jwk-views.ts';

const sortFields = ['name', 'type', 'kid', 'createdAt', 'updatedAt', 'expirationTime'] as const;

export function listJwks(app: KeyplaneServer, { jwks }: Pick<RouteServices, 'jwks'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/jwks/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'listJwks',
      tags: ['jwks'],
      summary: 'List the JWKs of a project, without key material',
      params: z.object({ projectName: z.string() }),
      querystring: listQuery,
      response: { 200: listOf(jwkItem) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, sortFields);
      const { jwks: found, total } = await jwks.list(request.project.projectId, query);
      return { success: true as const, resultList: found.map(jwkListItem), resultCount: total };
    },
  });
}
