import { auditItem, auditView } from '../../audit/audit-schemas.ts';
import type { RouteServices } from '../../http-services.ts';
import type { KeyplaneServer } from '../../keyplane-server.ts';
import { pageQuery, readPage } from '../../requests/list-query.ts';
import { listOf } from '../../responses/response-schemas.ts';
import { openToMembers } from '../../route-access.ts';
import { jwkParams } from '../jwk-schemas.ts';

/** What happened to this very JWK, not to an earlier one of the same name. */
export function listJwkHistoryRoute(
  app: KeyplaneServer,
  { jwks, auditTrail }: Pick<RouteServices, 'jwks' | 'auditTrail'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/jwks/:jwkName/history/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'listJwkHistory',
      tags: ['jwks'],
      summary: 'List the history of a JWK, newest first',
      description: 'The audit records of this JWK, and not of an earlier one with the same name.',
      params: jwkParams,
      querystring: pageQuery,
      response: { 200: listOf(auditItem) },
    },
    handler: async (request) => {
      const { stored } = await jwks.get(request.project.projectId, request.params.jwkName);
      const { records, total } = await auditTrail.search({ objectId: stored.id }, readPage(request.query));
      return { success: true as const, resultList: records.map(auditView), resultCount: total };
    },
  });
}
