import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { instant, instantText, listOf } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';

const item = named(
  'KeyUsage',
  z.object({
    applicationName: z.string().nullable().describe('null: an outlet, or applications that were deleted'),
    outletName: z
      .string()
      .optional()
      .describe('An outlet that had a token of a token profile issued; absent: an application'),
    jwkName: z.string(),
    keyRingName: z.string().nullable().describe('null: a JWK that belongs to no key ring'),
    operation: z.string().describe('SIGN, VERIFY, ENCRYPT, DECRYPT, MAC or ISSUE'),
    outcome: z.string().describe('SUCCEEDED or REFUSED'),
    count: z.number().int(),
    lastUsedAt: instant.describe('Rounded down to the minute'),
  }),
);

const day = (which: string) =>
  z
    .string()
    .optional()
    .describe(
      `${which} day, in UTC: an ISO 8601 date, or a date and time that stands for its day. The last 400 days are known by day`,
    );

const query = listQuery.omit({ search: true, sort: true }).extend({
  sort: z.string().optional().describe('`lastUsedAt` or `count`, and a direction; default `lastUsedAt,desc`'),
  jwkName: z.string().optional().describe('The use of this JWK'),
  keyRingName: z.string().optional().describe('The use of the keys of this key ring'),
  applicationName: z.string().optional().describe('The use by this application'),
  from: day('The first'),
  to: day('The last'),
});

export function listUsageRoute(app: KeyplaneServer, { listUsage }: Pick<RouteServices, 'listUsage'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/usage/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'listUsage',
      tags: ['applications'],
      summary: 'List which application or outlet used which key for what',
      description:
        'As nodes reported it, every 10 seconds. With `from` or `to` the counts are those of the days between, both included.',
      params: z.object({ projectName: z.string() }),
      querystring: query,
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const { sort = 'lastUsedAt,desc', page, size, ...filter } = request.query;
      const read = readListQuery({ sort, page, size }, ['lastUsedAt', 'count']);
      const { items, total } = await listUsage(request.project.projectId, filter, read);
      const resultList = items.map((one) => ({ ...one, lastUsedAt: instantText(one.lastUsedAt) }));
      return { success: true as const, resultList, resultCount: total };
    },
  });
}
