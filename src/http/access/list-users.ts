import { z } from 'zod';
import type { User } from '../../access/access-store.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { pageOf } from '../requests/page-of.ts';
import { instant, instantText, listOf } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';

const item = named(
  'User',
  z.object({ username: z.string(), admin: z.boolean(), createdAt: instant, updatedAt: instant }),
);
const sortFields = ['username', 'admin', 'createdAt', 'updatedAt'] as const;

export function listUsersRoute(app: KeyplaneServer, { users }: Pick<RouteServices, 'users'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/users/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'listUsers',
      tags: ['access'],
      summary: 'List users',
      description: 'Each with whether the user is an administrator; never with passwords.',
      querystring: listQuery,
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, sortFields);
      return pageOf(await users.list(), query, {
        searched: ({ username }) => [username],
        sorted: {
          username: ({ username }) => username,
          admin: ({ admin }) => admin,
          createdAt: ({ createdAt }) => createdAt,
          updatedAt: ({ updatedAt }) => updatedAt,
        },
        shown: userView,
      });
    },
  });
}

function userView({ username, admin, createdAt, updatedAt }: User) {
  return { username, admin, createdAt: instantText(createdAt), updatedAt: instantText(updatedAt) };
}
