import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';

export function deleteEnrollmentTokenRoute(
  app: KeyplaneServer,
  { enrollment }: Pick<RouteServices, 'enrollment'>,
): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/environments/:environmentName/enrollment-tokens/:tokenId/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'deleteEnrollmentToken',
      tags: ['environments'],
      summary: 'Revoke an enrollment token',
      description:
        'No node can join with it any longer. The streams of the nodes that joined with it are closed within 5 seconds, and these nodes are rejected.',
      params: z.object({ environmentName: z.string(), tokenId: z.string() }),
      response: { 200: successResponse },
    },
    handler: async (request) => {
      const { environmentName, tokenId } = request.params;
      await enrollment.revoke(request.caller, environmentName, tokenId);
      return success;
    },
  });
}
