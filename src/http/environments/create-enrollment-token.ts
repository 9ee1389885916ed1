import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { noBody } from '../requests/body-schemas.ts';
import { openToAdmins } from '../route-access.ts';

const answer = z.object({ success: z.literal(true), token: z.string().describe('Shown once') });

export function createEnrollmentToken(
  app: KeyplaneServer,
  { enrollment }: Pick<RouteServices, 'enrollment'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/environments/:environmentName/enrollment-tokens/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'createEnrollmentToken',
      tags: ['environments'],
      summary: 'Create a token with which any number of nodes join an environment',
      params: z.object({ environmentName: z.string() }),
      body: noBody,
      response: { 200: answer },
    },
    handler: async (request) => {
      const { environmentName } = request.params;
      const { secretToken } = await enrollment.createToken(request.caller, { environmentName });
      return { success: true as const, token: secretToken };
    },
  });
}
