import { z } from 'zod';
import { namesAtManager, namesAtNodes } from '../../outlets/kinds/outlet-kind-texts.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { createOutletBody, nullableOutletMembers, verbatimOutletMembers } from './outlet-schemas.ts';
import { privateRoleOf } from './private-role.ts';

const operationId = 'createOutlet';

export function createOutletRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'outlets' | 'authorizer' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/outlets/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      nullMembers: nullableOutletMembers,
      verbatimMembers: verbatimOutletMembers,
    },
    schema: {
      operationId,
      tags: ['outlets'],
      summary: 'Create an outlet',
      description: `${namesAtNodes} are delivered by the nodes, below their \`--outlet-dir\`; ${namesAtManager} by the manager. The response does not wait for deliveries: \`environments\` of the outlet says how far they are. Private content also requires \`ROLE_READ_PRIVATE_KEYS\`, and of a key ring that it is exportable.`,
      params: z.object({ projectName: z.string() }),
      body: createOutletBody,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.outlets.create(scope, request.body, privateRoleOf(request, services, operationId)),
      ),
  });
}
