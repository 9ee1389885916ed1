import { z } from 'zod';
import { namesAtNodes, testsText } from '../../outlets/kinds/outlet-kind-texts.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { noMembers } from '../requests/body-schemas.ts';
import { listOf, listResponse } from '../responses/response-schemas.ts';
import { openToDeployers } from '../route-access.ts';
import { outletParams } from './outlet-schemas.ts';

const trial = named(
  'OutletTrial',
  z.object({
    environmentName: z.string().optional().describe('Absent where the manager delivers'),
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
      description: `Nothing is delivered. For ${namesAtNodes} each node makes the content and tries its files, the touched file and the process of the pid file; where it is connected to another manager, the response is what it reported last. ${testsText}. The body has no members.`,
      params: outletParams,
      body: noMembers,
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
