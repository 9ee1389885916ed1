import { success, successAnswer } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAdmins } from '../route-access.ts';
import { newEnvironmentBody } from './environment-body.ts';

export function createEnvironment(
  app: KeyplaneServer,
  { environments }: Pick<RouteServices, 'environments'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/environments/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'createEnvironment',
      tags: ['environments'],
      summary: 'Create an environment',
      body: newEnvironmentBody,
      response: { 200: successAnswer },
    },
    handler: async (request) => {
      await environments.create(request.caller, request.body);
      return success;
    },
  });
}
