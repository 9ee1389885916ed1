import { listAnswer, listOf } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAdmins } from '../route-access.ts';
import { environmentWithProjectsItem, environmentWithProjectsView } from './environment-view.ts';

export function listEnvironments(
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
      response: { 200: listOf(environmentWithProjectsItem) },
    },
    handler: async () => listAnswer((await environments.list()).map(environmentWithProjectsView)),
  });
}
