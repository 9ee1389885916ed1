import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { nameMember } from '../requests/body-schemas.ts';
import { openToAdmins } from '../route-access.ts';

const body = named(
  'NewEnrollmentToken',
  z.strictObject({
    name: nameMember('Enrollment token name').optional().describe('For people to tell tokens apart'),
    expiresAt: z
      .string()
      .optional()
      .describe('ISO 8601, in the future: no node joins from then on, and those that joined stay'),
    maxNodes: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('Keys of nodes that may ever be registered with it, removed ones included'),
    privateKeys: z
      .boolean()
      .optional()
      .describe('Whether its nodes are given private keys and keystores; without it public parts only'),
  }),
).optional();
const answer = named(
  'CreatedEnrollmentToken',
  z.object({ success: z.literal(true), token: z.string().describe('Shown once') }),
);

export function createEnrollmentTokenRoute(
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
      summary: 'Create an enrollment token',
      description:
        'Any number of nodes can join the environment with one token, unless `maxNodes` limits them. Each node registers its own key, so the token alone does not take over the name of a node.',
      params: z.object({ environmentName: z.string() }),
      body,
      response: { 200: answer },
    },
    handler: async (request) => {
      const { environmentName } = request.params;
      const wanted = { ...request.body, environmentName };
      const { secretToken } = await enrollment.createToken(request.caller, wanted);
      return { success: true as const, token: secretToken };
    },
  });
}
