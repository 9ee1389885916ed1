import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';

export function deleteUserRoute(app: KeyplaneServer, { users }: Pick<RouteServices, 'users'>): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/users/:username/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'deleteUser',
      tags: ['access'],
      summary: 'Delete a user with all tokens and memberships',
      description: 'Tokens and sessions of the user end at once. The last administrator cannot be deleted.',
      params: z.object({ username: z.string() }),
      response: { 200: successResponse },
    },
    handler: async (request) => {
      await users.delete(request.caller, request.params.username);
      return success;
    },
  });
}
