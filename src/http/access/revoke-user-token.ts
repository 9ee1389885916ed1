import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';

export function revokeUserTokenRoute(app: KeyplaneServer, { tokens }: Pick<RouteServices, 'tokens'>): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/users/:username/tokens/:tokenName/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'revokeUserToken',
      tags: ['access'],
      summary: 'Revoke a personal token of a user',
      description: 'Requests with the token are rejected from then on.',
      params: z.object({ username: z.string(), tokenName: z.string() }),
      response: { 200: successResponse },
    },
    handler: async (request) => {
      const { username, tokenName } = request.params;
      await tokens.revoke(request.caller, username, tokenName);
      return success;
    },
  });
}
