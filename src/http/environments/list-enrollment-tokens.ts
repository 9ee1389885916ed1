import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { pageOf } from '../requests/page-of.ts';
import { instant, instantOrNull, instantText, listOf } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';

const item = named(
  'EnrollmentToken',
  z.object({
    id: z.string(),
    name: z.string().nullable(),
    createdAt: instant,
    expiresAt: instant.nullable().describe('No node joins from then on'),
    maxNodes: z.number().int().nullable(),
    registeredNodes: z.number().int().describe('Keys that were registered with it, removed ones included'),
    privateKeys: z.boolean().describe('False: its nodes are given public parts only'),
  }),
);
const sortFields = ['name', 'createdAt', 'expiresAt'] as const;

export function listEnrollmentTokensRoute(
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
      summary: 'List the enrollment tokens of an environment',
      description:
        'Each with the number of node keys registered with it; the tokens themselves are never shown.',
      params: z.object({ environmentName: z.string() }),
      querystring: listQuery,
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, sortFields);
      return pageOf(await enrollment.list(request.params.environmentName), query, {
        searched: ({ label }) => [label ?? ''],
        sorted: {
          name: ({ label }) => label,
          createdAt: ({ createdAt }) => createdAt,
          expiresAt: ({ expiresAt }) => expiresAt,
        },
        shown: ({ id, label, createdAt, expiresAt, maxNodes, registered, privateKeys }) => ({
          id,
          name: label,
          createdAt: instantText(createdAt),
          expiresAt: instantOrNull(expiresAt),
          maxNodes,
          registeredNodes: registered,
          privateKeys,
        }),
      });
    },
  });
}
