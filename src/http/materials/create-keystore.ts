import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs } from '../openapi/named.ts';
import { descriptionMember } from '../requests/body-schemas.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { keyPasswordsMember, keystoreDescription } from './material-requests.ts';

/** At creation, and again whenever it is replaced. */
export const keystoreBody = z.strictObject({
  name: z.string().optional().describe('Unique within the project'),
  description: descriptionMember(),
  keyStoreEnvironmentList: z
    .array(
      z.strictObject({
        environmentName: z.string().optional(),
        file: z.string().optional().describe('base64 of the keystore file, which has 10 MiB at the most'),
        password: z.string().max(1024).optional(),
        alias: z.string().optional(),
        keyPassword: z
          .string()
          .max(1024)
          .optional()
          .describe('Where the keys have another password than the store, also an empty one'),
        keyPasswords: keyPasswordsMember.optional(),
        keyStoreType: z.string().optional().describe('JKS or PKCS12'),
      }),
    )
    .max(100)
    .optional()
    .describe('The keystore of each environment'),
});

/** Two files of the largest kind in base64, and what stands around them. */
export const keystoreBodyLimit = 28 * 1024 * 1024;

const body = describedAs(keystoreBody.clone(), keystoreDescription('New'));

export function createKeystoreRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'keystores' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/keystores/',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    bodyLimit: keystoreBodyLimit,
    schema: {
      operationId: 'createKeystore',
      tags: ['keystores'],
      summary: 'Store a keystore and deploy it',
      description:
        'JWKs are made from its entries with source type KEYSTORE. A file that does not open with its password is rejected.',
      params: z.object({ projectName: z.string() }),
      body,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (where) => services.keystores.create(where, request.body)),
  });
}
