import { z } from 'zod';
import { namesTakenOver } from '../../outlets/kinds/outlet-kind-texts.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { outletParams } from './outlet-schemas.ts';

const body = named(
  'OutletDeliveryRequest',
  z.strictObject({
    force: z
      .boolean()
      .optional()
      .describe(`Of ${namesTakenOver}: replaces a version that another program wrote. Default false`),
  }),
);

export function deliverOutletRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'outlets' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/outlets/:outletName/deliver',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    schema: {
      operationId: 'deliverOutlet',
      tags: ['outlets'],
      summary: 'Deliver an outlet now, also where nothing differs',
      description: 'Deliveries that failed are tried at once.',
      params: outletParams,
      body: body.optional(),
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.outlets.deliver(scope, request.params.outletName, request.body ?? {}),
      ),
  });
}
