import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';

export function deleteEnvironmentRoute(
  app: KeyplaneServer,
  { environments }: Pick<RouteServices, 'environments'>,
): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/environments/:environmentName/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'deleteEnvironment',
      tags: ['environments'],
      summary: 'Delete an environment with its nodes and tokens',
      description:
        'Its nodes are rejected. Certificates, keys and keystores lose their content for this environment.',
      params: z.object({ environmentName: z.string() }),
      response: { 200: successResponse },
    },
    handler: async (request) => {
      await environments.delete(request.caller, request.params.environmentName);
      return success;
    },
  });
}
