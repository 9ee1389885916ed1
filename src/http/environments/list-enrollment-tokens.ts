import { z } from 'zod';
import { instant, instantText, listOf } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { pageOf } from '../requests/page-of.ts';
import { openToAdmins } from '../route-access.ts';

const item = z.object({ id: z.string(), name: z.string().nullable(), createdAt: instant });
const sortFields = ['name', 'createdAt'] as const;

export function listEnrollmentTokens(
  app: KeyplaneServer,
  { enrollment }: Pick<RouteServices, 'enrollment'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/environments/:environmentName/enrollment-tokens/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'listEnrollmentTokens',
      tags: ['environments'],
      summary: 'List the tokens with which nodes join an environment; never the tokens themselves',
      params: z.object({ environmentName: z.string() }),
      querystring: listQuery,
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, sortFields);
      return pageOf(await enrollment.list(request.params.environmentName), query, {
        searched: ({ label }) => [label ?? ''],
        sorted: { name: ({ label }) => label, createdAt: ({ createdAt }) => createdAt },
        shown: ({ id, label, createdAt }) => ({ id, name: label, createdAt: instantText(createdAt) }),
      });
    },
  });
}
