import { z } from 'zod';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAnyone } from '../route-access.ts';

export function healthRoute(app: KeyplaneServer): void {
  app.route({
    method: 'GET',
    url: '/healthz',
    config: { access: openToAnyone },
    schema: {
      operationId: 'health',
      tags: ['system'],
      summary: 'Check that the process responds',
      description: 'For a liveness probe.',
      response: { 200: z.object({ status: z.literal('ok') }) },
    },
    handler: async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { status: 'ok' as const };
    },
  });
}
