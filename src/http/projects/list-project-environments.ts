import { z } from 'zod';
import {
  environmentItem,
  environmentSortFields,
  environmentView,
  sortedEnvironment,
} from '../environments/environment-view.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { pageOf } from '../requests/page-of.ts';
import { listOf } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';

export function listProjectEnvironmentsRoute(
  app: KeyplaneServer,
  { environments }: Pick<RouteServices, 'environments'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/environments/',
    config: { access: openToMembers() },
    schema: {
      operationId: 'listProjectEnvironments',
      tags: ['environments'],
      summary: 'List the environments that a project reaches',
      description: 'JWKs of the project are deployed to each of these.',
      params: z.object({ projectName: z.string() }),
      querystring: listQuery,
      response: { 200: listOf(environmentItem) },
    },
    handler: async (request) => {
      const found = await environments.listOfProject(request.project.projectId);
      return pageOf(found, readListQuery(request.query, environmentSortFields), {
        searched: ({ name, description }) => [name, description],
        sorted: sortedEnvironment((environment) => environment),
        shown: environmentView,
      });
    },
  });
}
