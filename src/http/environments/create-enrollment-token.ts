import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { nameMember } from '../requests/body-schemas.ts';
import { openToAdmins } from '../route-access.ts';

/** None at all, or a name for people to tell tokens apart. */
const body = z.strictObject({ name: nameMember('Enrollment token name').optional() }).optional();
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
      body,
      response: { 200: answer },
    },
    handler: async (request) => {
      const { environmentName } = request.params;
      const name = request.body?.name;
      const { secretToken } = await enrollment.createToken(request.caller, { environmentName, name });
      return { success: true as const, token: secretToken };
    },
  });
}
