import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { successResponse } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';

const removed = named(
  'RemovedNode',
  successResponse.extend({
    warnings: z.array(z.string()).describe('Until when the node may still publish and sign'),
  }),
);

export function deleteNodeRoute(app: KeyplaneServer, { nodes }: Pick<RouteServices, 'nodes'>): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/environments/:environmentName/nodes/:nodeName/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'deleteNode',
      tags: ['environments'],
      summary: 'Remove a node',
      description:
        'The key of the node is rejected from now on, and its name is free. The node can keep serving and signing with what it has for a while; `warnings` says until when.',
      params: z.object({ environmentName: z.string(), nodeName: z.string() }),
      response: { 200: removed },
    },
    handler: async (request) => {
      const { environmentName, nodeName } = request.params;
      const { warnings } = await nodes.delete(request.caller, environmentName, nodeName);
      return { success: true as const, warnings: [...warnings] };
    },
  });
}
