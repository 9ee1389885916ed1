import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs } from '../openapi/named.ts';
import { descriptionMember } from '../requests/body-schemas.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { keyDescription } from './material-requests.ts';

/** At creation, and again whenever it is replaced. */
export const keyBody = z.strictObject({
  name: z.string().optional().describe('Unique within the project'),
  description: descriptionMember(),
  keyType: z.string().optional().describe('SECRET_KEY, PRIVATE_KEY or PUBLIC_KEY'),
  algorithm: z.string().max(128).optional().describe('Required for SECRET_KEY: AES, DES, DESede or RSA'),
  cryptoKeyInfoEnvironmentList: z
    .array(
      z.strictObject({
        environmentName: z.string().optional(),
        content: z
          .string()
          .optional()
          .describe('PEM, or base64 of PEM or of DER; for SECRET_KEY base64 of the raw bytes'),
        passphrase: z
          .string()
          .max(1024)
          .optional()
          .describe('Opens an encrypted private key; it is not stored'),
        alias: z.string().optional(),
      }),
    )
    .max(100)
    .optional()
    .describe('What the key is in each environment'),
});

const body = describedAs(keyBody.clone(), keyDescription('New'));

export function createKeyRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'keys' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/keys/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      alsoRefuses: [429],
    },
    schema: {
      operationId: 'createKey',
      tags: ['keys'],
      summary: 'Store a key and deploy it',
      description:
        'JWKs are made from it with source types PUBLIC_KEY and PRIVATE_KEY. Its content is encrypted at rest and never shown again.',
      params: z.object({ projectName: z.string() }),
      body,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (where) => services.keys.create(where, request.body)),
  });
}
