import { z } from 'zod';
import { success, successAnswer } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAdmins } from '../route-access.ts';

const body = z.strictObject({
  username: z.string().optional().describe('May be given, but can not be changed'),
  password: z.string().optional().describe('8 to 1024 characters; a new one ends the sessions of the user'),
  admin: z.boolean().optional(),
});

export function updateUser(app: KeyplaneServer, { users }: Pick<RouteServices, 'users'>): void {
  app.route({
    method: 'PUT',
    url: '/apiops/users/:username/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'updateUser',
      tags: ['access'],
      summary: 'Change a password, or who is an administrator; what is left out stays',
      params: z.object({ username: z.string() }),
      body,
      response: { 200: successAnswer },
    },
    handler: async (request) => {
      await users.update(request.caller, request.params.username, request.body);
      return success;
    },
  });
}
