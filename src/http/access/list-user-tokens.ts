import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { pageOf } from '../requests/page-of.ts';
import { listOf } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';
import { tokenItem, tokenPage, tokenSortFields } from './token-schemas.ts';

export function listUserTokensRoute(app: KeyplaneServer, { tokens }: Pick<RouteServices, 'tokens'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/users/:username/tokens/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'listUserTokens',
      tags: ['access'],
      summary: 'List the personal tokens of a user',
      description: 'The tokens themselves are never shown.',
      params: z.object({ username: z.string() }),
      querystring: listQuery,
      response: { 200: listOf(tokenItem) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, tokenSortFields);
      return pageOf(await tokens.listOfUser(request.params.username), query, tokenPage);
    },
  });
}
