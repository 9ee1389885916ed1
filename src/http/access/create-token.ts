import { z } from 'zod';
import { instant, instantOrNull } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { nameMember } from '../requests/body-schemas.ts';
import { openToSignedIn } from '../route-access.ts';

const body = z.strictObject({
  name: nameMember('Token name'),
  expiresAt: z.string().optional().describe('ISO 8601, in the future; without it the token never expires'),
});

const answer = z.object({
  success: z.literal(true),
  token: z.string().describe('Shown once'),
  name: z.string(),
  expiresAt: instant.nullable(),
});

export function createToken(app: KeyplaneServer, { tokens }: Pick<RouteServices, 'tokens'>): void {
  app.route({
    method: 'POST',
    url: '/apiops/tokens/',
    config: { access: openToSignedIn },
    schema: {
      operationId: 'createToken',
      tags: ['access'],
      summary: 'Create a personal token',
      body,
      response: { 200: answer },
    },
    handler: async (request) => {
      const { secretToken, name, expiresAt } = await tokens.create(request.caller, request.body);
      return { success: true as const, token: secretToken, name, expiresAt: instantOrNull(expiresAt) };
    },
  });
}
