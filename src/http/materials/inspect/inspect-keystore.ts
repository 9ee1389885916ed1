import { z } from 'zod';
import type { RouteServices } from '../../http-services.ts';
import type { KeyplaneServer } from '../../keyplane-server.ts';
import { describedAs, named } from '../../openapi/named.ts';
import { keystoreType } from '../../openapi/named-values.ts';
import { listOf } from '../../responses/response-schemas.ts';
import { openToMembers } from '../../route-access.ts';
import { keystoreBodyLimit } from '../create-keystore.ts';
import { keyPasswordsMember } from '../material-requests.ts';
import { keystoreAliasItem, keystoreAliasView } from './keystore-alias-schema.ts';

const body = describedAs(
  z.strictObject({
    file: z.string().optional().describe('base64 of the keystore file'),
    password: z.string().max(1024).optional(),
    keyPassword: z.string().max(1024).optional(),
    keyPasswords: keyPasswordsMember.optional(),
    keyStoreType: z.string().optional().describe('JKS or PKCS12; detected from the file if it is left out'),
  }),
  named(
    'KeystoreFile',
    z.strictObject({
      file: z.string().min(1).describe('base64 of the keystore file'),
      password: z.string().max(1024),
      keyPassword: z
        .string()
        .max(1024)
        .optional()
        .describe('Where the keys have another password than the keystore'),
      keyPasswords: keyPasswordsMember.optional(),
      keyStoreType: keystoreType.optional().describe('Detected from the file if it is left out'),
    }),
  ),
);

/** What a keystore file holds, before it is stored. */
export function inspectKeystoreRoute(
  app: KeyplaneServer,
  { keystores }: Pick<RouteServices, 'keystores'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/keystores/inspect/',
    config: { access: openToMembers('ROLE_API_SECURITY'), alsoRefuses: [429] },
    bodyLimit: keystoreBodyLimit,
    schema: {
      operationId: 'inspectKeystore',
      tags: ['keystores'],
      summary: 'Inspect a keystore file without storing it',
      description: 'The entries of the file, and why an entry cannot be used.',
      params: z.object({ projectName: z.string() }),
      body,
      response: {
        200: named('KeystoreContents', listOf(keystoreAliasItem).extend({ keyStoreType: keystoreType })),
      },
    },
    handler: async (request) => {
      const { type, entries } = await keystores.inspect(request.body);
      const resultList = entries.map(keystoreAliasView);
      return {
        success: true as const,
        resultList,
        resultCount: resultList.length,
        keyStoreType: type,
      };
    },
  });
}
