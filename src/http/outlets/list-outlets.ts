import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { nameText } from '../openapi/named-values.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { listOf } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { outletItem, outletView } from './outlet-schemas.ts';

const ofSource = (what: string) =>
  nameText(`Only outlets that deliver this ${what}; at most one source is given`).optional();
const sourceFilter = {
  keyRingName: ofSource('key ring'),
  jwkName: ofSource('JWK'),
  viewName: ofSource('view'),
  certificateName: ofSource('certificate'),
  tokenProfileName: ofSource('token profile'),
};

export function listOutletsRoute(app: KeyplaneServer, { outlets }: Pick<RouteServices, 'outlets'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/outlets/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'listOutlets',
      tags: ['outlets'],
      summary: 'List the outlets of a project',
      description: 'In pages, sorted and filtered, also by one source.',
      params: z.object({ projectName: z.string() }),
      querystring: listQuery.extend(sourceFilter),
      response: { 200: listOf(outletItem) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, ['name', 'createdAt', 'updatedAt']);
      const { keyRingName, jwkName, viewName, certificateName, tokenProfileName } = request.query;
      const source = { keyRingName, jwkName, viewName, certificateName, tokenProfileName };
      const { found, total } = await outlets.list(request.project.projectId, query, source);
      return { success: true as const, resultList: found.map(outletView), resultCount: total };
    },
  });
}
