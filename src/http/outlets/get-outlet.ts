import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listOf, listResponse } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { outletItem, outletParams, outletView } from './outlet-schemas.ts';

export function getOutletRoute(app: KeyplaneServer, { outlets }: Pick<RouteServices, 'outlets'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/outlets/:outletName/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'getOutlet',
      tags: ['outlets'],
      summary: 'Get an outlet, and how far its deliveries are',
      description: 'Never its credential.',
      params: outletParams,
      response: { 200: listOf(outletItem) },
    },
    handler: async (request) => {
      const found = await outlets.get(request.project.projectId, request.params.outletName);
      return listResponse([outletView(found)]);
    },
  });
}
