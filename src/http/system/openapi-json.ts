import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAnyone } from '../route-access.ts';

export function openapiJsonRoute(app: KeyplaneServer): void {
  app.route({
    method: 'GET',
    url: '/openapi.json',
    config: { access: openToAnyone },
    schema: {
      operationId: 'openapi',
      tags: ['system'],
      summary: 'Get this description, OpenAPI 3.1',
      description: 'The API reference and the typed client are generated from it.',
    },
    handler: async (_request, reply) => {
      const { document } = await app.apiReference();
      return reply.type('application/json; charset=utf-8').send(document);
    },
  });
}
