import { z } from 'zod';
import { instant, instantOrNull, listAnswer, listOf } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAdmins } from '../route-access.ts';

const item = z.object({
  name: z.string(),
  connected: z.boolean(),
  appliedRevision: z.number().int().describe('The last revision that the node confirmed'),
  lastSeenAt: instant.nullable(),
  version: z.string().nullable(),
});

export function listNodes(app: KeyplaneServer, { nodes }: Pick<RouteServices, 'nodes'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/environments/:environmentName/nodes/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'listNodes',
      tags: ['environments'],
      summary: 'List the nodes of an environment',
      params: z.object({ environmentName: z.string() }),
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const found = await nodes.list(request.params.environmentName);
      return listAnswer(
        found.map(({ name, connected, appliedRevision, lastSeenAt, version }) => ({
          name,
          connected,
          appliedRevision,
          lastSeenAt: instantOrNull(lastSeenAt),
          version,
        })),
      );
    },
  });
}
