import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';
import { environmentChangeBody } from './environment-body.ts';

export function updateEnvironmentRoute(
  app: KeyplaneServer,
  { environments }: Pick<RouteServices, 'environments'>,
): void {
  app.route({
    method: 'PUT',
    url: '/apiops/environments/:environmentName/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'updateEnvironment',
      tags: ['environments'],
      summary: 'Update an environment',
      description:
        'An absent description, access URL or list of projects is removed; without the list every project reaches the environment. An absent type or `environmentSet` stays unchanged.',
      params: z.object({ environmentName: z.string() }),
      body: environmentChangeBody,
      response: { 200: successResponse },
    },
    handler: async (request) => {
      await environments.update(request.caller, request.params.environmentName, request.body);
      return success;
    },
  });
}
