import { z } from 'zod';
import { instant, instantOrNull, instantText, listAnswer, listOf } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToSignedIn } from '../route-access.ts';

const item = z.object({ name: z.string(), createdAt: instant, expiresAt: instant.nullable() });

export function listTokens(app: KeyplaneServer, { tokens }: Pick<RouteServices, 'tokens'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/tokens/',
    config: { access: openToSignedIn },
    schema: {
      operationId: 'listTokens',
      tags: ['access'],
      summary: "List the caller's personal tokens",
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const found = await tokens.list(request.caller);
      return listAnswer(
        found.map(({ name, createdAt, expiresAt }) => ({
          name: name ?? '',
          createdAt: instantText(createdAt),
          expiresAt: instantOrNull(expiresAt),
        })),
      );
    },
  });
}
