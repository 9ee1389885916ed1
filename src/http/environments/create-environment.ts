import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { changeOnce } from '../requests/once.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';
import { newEnvironmentBody } from './environment-body.ts';

export function createEnvironmentRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'environments' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/environments/',
    config: { access: openToAdmins, takesIdempotencyKey: true },
    schema: {
      operationId: 'createEnvironment',
      tags: ['environments'],
      summary: 'Create an environment',
      description:
        'Without `projects` every project reaches it. It has no nodes yet: create an enrollment token for them.',
      body: newEnvironmentBody,
      response: { 200: successResponse },
    },
    handler: async (request) => {
      await changeOnce(request, services, (once) =>
        services.environments.create(request.caller, request.body, once),
      );
      return success;
    },
  });
}
