import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import {
  nullableOutletMembers,
  outletParams,
  updateOutletBody,
  verbatimOutletMembers,
} from './outlet-schemas.ts';
import { privateRoleOf } from './private-role.ts';

const operationId = 'updateOutlet';

export function updateOutletRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'outlets' | 'authorizer' | 'idempotency'>,
): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/outlets/:outletName/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      nullMembers: nullableOutletMembers,
      verbatimMembers: verbatimOutletMembers,
    },
    schema: {
      operationId,
      tags: ['outlets'],
      summary: 'Update an outlet',
      description:
        'What is absent stays as it is, also the credential; `source`, `target` and `credential` replace the former ones as a whole. Files of a former path are removed. Private content also requires `ROLE_READ_PRIVATE_KEYS`.',
      params: outletParams,
      body: updateOutletBody,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.outlets.update(scope, request.params.outletName, {
          request: request.body,
          requirePrivateRole: privateRoleOf(request, services, operationId),
        }),
      ),
  });
}
