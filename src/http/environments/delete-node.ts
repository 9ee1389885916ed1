import { z } from 'zod';
import { success, successAnswer } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAdmins } from '../route-access.ts';

export function deleteNode(app: KeyplaneServer, { nodes }: Pick<RouteServices, 'nodes'>): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/environments/:environmentName/nodes/:nodeName/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'deleteNode',
      tags: ['environments'],
      summary: 'Forget a node: deployments no longer wait for it',
      params: z.object({ environmentName: z.string(), nodeName: z.string() }),
      response: { 200: successAnswer },
    },
    handler: async (request) => {
      const { environmentName, nodeName } = request.params;
      await nodes.delete(request.caller, environmentName, nodeName);
      return success;
    },
  });
}
