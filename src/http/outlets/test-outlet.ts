import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { listOf, listResponse } from '../responses/response-schemas.ts';
import { openToDeployers } from '../route-access.ts';
import { outletParams } from './outlet-schemas.ts';

const trial = named(
  'OutletTrial',
  z.object({
    environmentName: z.string().optional().describe('Absent for WEBHOOK'),
    nodeName: z.string().optional(),
    success: z.boolean(),
    message: z.string(),
  }),
);

export function testOutletRoute(app: KeyplaneServer, { outlets }: Pick<RouteServices, 'outlets'>): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/outlets/:outletName/test',
    config: { access: openToDeployers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'testOutlet',
      tags: ['outlets'],
      summary: 'Test whether an outlet can be delivered',
      description:
        'Nothing is delivered. Of FILES and ENVOY it is what each node reported last; to a WEBHOOK an event of type `outlet.test` is sent.',
      params: outletParams,
      response: { 200: listOf(trial) },
    },
    handler: async (request) => {
      const trials = await outlets.test(request.project.projectId, request.params.outletName);
      return listResponse(
        trials.map(({ nodeName, ...facts }) => ({ ...facts, ...(nodeName !== undefined && { nodeName }) })),
      );
    },
  });
}
