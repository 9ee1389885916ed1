import { z } from 'zod';
import type { RouteServices } from '../../http-services.ts';
import type { KeyplaneServer } from '../../keyplane-server.ts';
import { listOf, listResponse } from '../../responses/response-schemas.ts';
import { openToMembers } from '../../route-access.ts';
import { keystoreAliasItem, keystoreAliasView } from './keystore-alias-schema.ts';

/** What a stored keystore holds in one environment, alias by alias. */
export function listKeystoreEntriesRoute(
  app: KeyplaneServer,
  { keystores }: Pick<RouteServices, 'keystores'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/keystores/:keystoreName/entries/',
    config: { access: openToMembers('ROLE_API_SECURITY'), alsoRefuses: [429] },
    schema: {
      operationId: 'listKeystoreEntries',
      tags: ['keystores'],
      summary: 'List the entries of a keystore, without keys',
      description: 'JWKs are made from these entries. `problem` tells why an entry cannot be used.',
      params: z.object({ projectName: z.string(), keystoreName: z.string() }),
      querystring: z.strictObject({
        environmentName: z.string().optional().describe('The environment whose keystore file is meant'),
      }),
      response: { 200: listOf(keystoreAliasItem) },
    },
    handler: async (request) => {
      const { keystoreName } = request.params;
      const { environmentName } = request.query;
      const found = await keystores.entries(request.project.projectId, keystoreName, environmentName);
      return listResponse(found.map(keystoreAliasView));
    },
  });
}
