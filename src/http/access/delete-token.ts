import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToSignedIn } from '../route-access.ts';

export function deleteTokenRoute(app: KeyplaneServer, { tokens }: Pick<RouteServices, 'tokens'>): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/tokens/:tokenName/',
    config: { access: openToSignedIn },
    schema: {
      operationId: 'deleteToken',
      tags: ['access'],
      summary: 'Revoke a personal token',
      description: 'Requests with the token are rejected from then on.',
      params: z.object({ tokenName: z.string() }),
      response: { 200: successResponse },
    },
    handler: async (request) => {
      await tokens.delete(request.caller, request.params.tokenName);
      return success;
    },
  });
}
