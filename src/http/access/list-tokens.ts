import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { pageOf } from '../requests/page-of.ts';
import { listOf } from '../responses/response-schemas.ts';
import { openToSignedIn } from '../route-access.ts';
import { tokenItem, tokenPage, tokenSortFields } from './token-schemas.ts';

export function listTokensRoute(app: KeyplaneServer, { tokens }: Pick<RouteServices, 'tokens'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/tokens/',
    config: { access: openToSignedIn },
    schema: {
      operationId: 'listTokens',
      tags: ['access'],
      summary: "List the caller's personal tokens",
      description: 'The tokens themselves are never shown again.',
      querystring: listQuery,
      response: { 200: listOf(tokenItem) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, tokenSortFields);
      return pageOf(await tokens.list(request.caller), query, tokenPage);
    },
  });
}
