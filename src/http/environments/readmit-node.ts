import { z } from 'zod';
import { success, successAnswer } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAdmins } from '../route-access.ts';

export function readmitNode(app: KeyplaneServer, { nodes }: Pick<RouteServices, 'nodes'>): void {
  app.route({
    method: 'POST',
    url: '/apiops/environments/:environmentName/nodes/:nodeName/readmit',
    config: { access: openToAdmins },
    schema: {
      operationId: 'readmitNode',
      tags: ['environments'],
      summary: 'Accept the key of a node again that was removed, or whose enrollment token was revoked',
      description: 'Rejected while another key has the name of the node.',
      params: z.object({ environmentName: z.string(), nodeName: z.string() }),
      response: { 200: successAnswer },
    },
    handler: async (request) => {
      const { environmentName, nodeName } = request.params;
      await nodes.readmit(request.caller, environmentName, nodeName);
      return success;
    },
  });
}
