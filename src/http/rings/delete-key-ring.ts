import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { ringParams } from './ring-schemas.ts';

const query = z.strictObject({
  force: z
    .enum(['true', 'false'])
    .optional()
    .describe('`true`: also while a key may still be needed; needs `reason`'),
  reason: z.string().optional().describe('3 to 500 characters, for the audit log'),
});

export function deleteKeyRingRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'keyRings' | 'idempotency'>,
): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/projects/:projectName/key-rings/:ringName/',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    schema: {
      operationId: 'deleteKeyRing',
      tags: ['key-rings'],
      summary: 'Undeploy and delete a key ring with its keys',
      description: 'Rejected while a token that one of its keys signed may still have to be verified.',
      params: ringParams,
      querystring: query,
      response: { 200: deploymentResponse },
    },
    handler: async (request) => {
      const { force, reason } = request.query;
      return deployOnce(request, services, (scope) =>
        services.keyRings.delete(scope, request.params.ringName, { force: force === 'true', reason }),
      );
    },
  });
}
