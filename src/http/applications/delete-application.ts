import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';

export function deleteApplicationRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'applications' | 'idempotency'>,
): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/projects/:projectName/applications/:applicationName/',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    schema: {
      operationId: 'deleteApplication',
      tags: ['applications'],
      summary: 'Delete an application; nodes reject its tokens',
      description: 'This revokes its tokens. Tokens that it had signed stay valid until they expire.',
      params: z.object({ projectName: z.string(), applicationName: z.string() }),
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.applications.delete(scope, request.params.applicationName),
      ),
  });
}
