import { z } from 'zod';
import type { Token } from '../../access/access-store.ts';
import { instant, instantOrNull, instantText, listOf } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { pageOf } from '../requests/page-of.ts';
import { openToSignedIn } from '../route-access.ts';

const item = z.object({ name: z.string(), createdAt: instant, expiresAt: instant.nullable() });
const sortFields = ['name', 'createdAt', 'expiresAt'] as const;

export function listTokens(app: KeyplaneServer, { tokens }: Pick<RouteServices, 'tokens'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/tokens/',
    config: { access: openToSignedIn },
    schema: {
      operationId: 'listTokens',
      tags: ['access'],
      summary: "List the caller's personal tokens",
      querystring: listQuery,
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, sortFields);
      return pageOf(await tokens.list(request.caller), query, {
        searched: ({ name }) => [name],
        sorted: {
          name: ({ name }) => name,
          createdAt: ({ createdAt }) => createdAt,
          expiresAt: ({ expiresAt }) => expiresAt,
        },
        shown: tokenView,
      });
    },
  });
}

function tokenView({ name, createdAt, expiresAt }: Token) {
  return { name: name ?? '', createdAt: instantText(createdAt), expiresAt: instantOrNull(expiresAt) };
}
