import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { pageOf } from '../requests/page-of.ts';
import { listOf } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';
import {
  environmentSortFields,
  environmentWithProjectsItem,
  environmentWithProjectsView,
  sortedEnvironment,
} from './environment-view.ts';

export function listEnvironmentsRoute(
  app: KeyplaneServer,
  { environments }: Pick<RouteServices, 'environments'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/environments/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'listEnvironments',
      tags: ['environments'],
      summary: 'List environments',
      description: 'With the projects that reach each of them.',
      querystring: listQuery,
      response: { 200: listOf(environmentWithProjectsItem) },
    },
    handler: async (request) =>
      pageOf(await environments.list(), readListQuery(request.query, environmentSortFields), {
        searched: ({ environment }) => [environment.name, environment.description],
        sorted: sortedEnvironment(({ environment }) => environment),
        shown: environmentWithProjectsView,
      }),
  });
}
