import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { role } from '../openapi/named-values.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { pageOf } from '../requests/page-of.ts';
import { listOf } from '../responses/response-schemas.ts';
import { openToAdminsOfProjects } from '../route-access.ts';

const item = named('Member', z.object({ username: z.string(), roles: z.array(role) }));
const sortFields = ['username'] as const;

export function listMembersRoute(app: KeyplaneServer, { members }: Pick<RouteServices, 'members'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/members/',
    config: { access: openToAdminsOfProjects },
    schema: {
      operationId: 'listMembers',
      tags: ['projects'],
      summary: 'List the members of a project with their roles',
      description: 'Administrators may do everything without being members.',
      params: z.object({ projectName: z.string() }),
      querystring: listQuery,
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, sortFields);
      return pageOf(await members.list(request.project), query, {
        searched: ({ username }) => [username],
        sorted: { username: ({ username }) => username },
        shown: ({ username, roles }) => ({ username, roles: [...roles] }),
      });
    },
  });
}
