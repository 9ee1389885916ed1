import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listOf, listResponse } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { ringItem, ringParams } from './ring-schemas.ts';
import { ringView } from './ring-views.ts';

export function getKeyRingRoute(app: KeyplaneServer, { keyRings }: Pick<RouteServices, 'keyRings'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/key-rings/:ringName/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'getKeyRing',
      tags: ['key-rings'],
      summary: 'Get a key ring: policy, state, keys, what comes next and what that waits for',
      description: 'A list of one. Times are those of the database.',
      params: ringParams,
      response: { 200: listOf(ringItem) },
    },
    handler: async (request) => {
      const { projectId } = request.project;
      return listResponse([ringView(await keyRings.get(projectId, request.params.ringName))]);
    },
  });
}
