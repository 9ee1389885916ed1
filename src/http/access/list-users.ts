import { z } from 'zod';
import { instant, instantText, listAnswer, listOf } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAdmins } from '../route-access.ts';

const item = z.object({ username: z.string(), admin: z.boolean(), createdAt: instant, updatedAt: instant });

export function listUsers(app: KeyplaneServer, { users }: Pick<RouteServices, 'users'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/users/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'listUsers',
      tags: ['access'],
      summary: 'List users',
      response: { 200: listOf(item) },
    },
    handler: async () => {
      const found = await users.list();
      return listAnswer(
        found.map(({ username, admin, createdAt, updatedAt }) => ({
          username,
          admin,
          createdAt: instantText(createdAt),
          updatedAt: instantText(updatedAt),
        })),
      );
    },
  });
}
