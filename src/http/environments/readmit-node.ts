import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { noMembers } from '../requests/body-schemas.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';

export function readmitNodeRoute(app: KeyplaneServer, { nodes }: Pick<RouteServices, 'nodes'>): void {
  app.route({
    method: 'POST',
    url: '/apiops/environments/:environmentName/nodes/:nodeName/readmit',
    config: { access: openToAdmins },
    schema: {
      operationId: 'readmitNode',
      tags: ['environments'],
      summary: 'Readmit a node',
      description:
        'Accepts the key of a node that was removed, or whose enrollment token was revoked. Rejected while another key has the name.',
      params: z.object({ environmentName: z.string(), nodeName: z.string() }),
      body: noMembers,
      response: { 200: successResponse },
    },
    handler: async (request) => {
      const { environmentName, nodeName } = request.params;
      await nodes.readmit(request.caller, environmentName, nodeName);
      return success;
    },
  });
}
