import { z } from 'zod';
import { listOf } from '../../answers/answer-schemas.ts';
import type { RouteServices } from '../../http-services.ts';
import type { KeyplaneServer } from '../../keyplane-server.ts';
import { named } from '../../openapi/named.ts';
import { openToMembers } from '../../route-access.ts';
import { keystoreBodyLimit } from '../create-keystore.ts';
import { keystoreAliasItem, keystoreAliasView } from './keystore-alias-schema.ts';

const body = named(
  'KeystoreFile',
  z.strictObject({
    file: z.string().optional().describe('base64 of the keystore file'),
    password: z.string().max(1024).optional(),
    keyPassword: z.string().max(1024).optional(),
    keyStoreType: z.string().optional().describe('JKS or PKCS12; told from the file where it is left out'),
  }),
);

/** What a keystore file holds, before it is stored. */
export function inspectKeystore(app: KeyplaneServer, { keystores }: Pick<RouteServices, 'keystores'>): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/keystores/inspect/',
    config: { access: openToMembers('ROLE_API_SECURITY'), alsoRefuses: [429] },
    bodyLimit: keystoreBodyLimit,
    schema: {
      operationId: 'inspectKeystore',
      tags: ['keystores'],
      summary: 'Open a keystore file and list what it holds; nothing is stored',
      params: z.object({ projectName: z.string() }),
      body,
      response: {
        200: named(
          'KeystoreContents',
          listOf(keystoreAliasItem).extend({ keyStoreType: z.enum(['JKS', 'PKCS12']) }),
        ),
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
