import { leavesText } from '../../outlets/kinds/outlet-kind-texts.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { outletParams } from './outlet-schemas.ts';

export function deleteOutletRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'outlets' | 'idempotency'>,
): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/projects/:projectName/outlets/:outletName/',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    schema: {
      operationId: 'deleteOutlet',
      tags: ['outlets'],
      summary: 'Delete an outlet; nodes remove its files',
      description: `${leavesText}.`,
      params: outletParams,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) => services.outlets.delete(scope, request.params.outletName)),
  });
}
