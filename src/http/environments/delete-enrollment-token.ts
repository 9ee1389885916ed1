import { z } from 'zod';
import { success, successAnswer } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAdmins } from '../route-access.ts';

export function deleteEnrollmentToken(
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
      summary: 'Revoke an enrollment token: the streams of nodes that it opened end within 5 seconds',
      description:
        'No node joins with it any more, and the nodes that joined with it are disconnected within 5 seconds and barred.',
      params: z.object({ environmentName: z.string(), tokenId: z.string() }),
      response: { 200: successAnswer },
    },
    handler: async (request) => {
      const { environmentName, tokenId } = request.params;
      await enrollment.revoke(request.caller, environmentName, tokenId);
      return success;
    },
  });
}
