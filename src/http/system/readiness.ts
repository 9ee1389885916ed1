import { z } from 'zod';
import { KeyplaneError } from '../../errors.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAnyone } from '../route-access.ts';

const answerWithinMs = 2_000;

export function readinessRoute(app: KeyplaneServer, { ready }: Pick<RouteServices, 'ready'>): void {
  app.route({
    method: 'GET',
    url: '/readyz',
    config: { access: openToAnyone, alsoRefuses: [503] },
    schema: {
      operationId: 'readiness',
      tags: ['system'],
      summary: 'Check that the manager is ready; 503 if it is not',
      description: 'For a readiness probe: the database responds.',
      response: { 200: z.object({ status: z.literal('ok') }) },
    },
    handler: async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      await withinTime(ready());
      return { status: 'ok' as const };
    },
  });
}

/** A database that hangs is as good as none. */
async function withinTime(work: Promise<void>): Promise<void> {
  const timedOut = Promise.withResolvers<never>();
  const timer = setTimeout(() => timedOut.reject(notReady()), answerWithinMs);
  try {
    await Promise.race([work, timedOut.promise]);
  } catch (error) {
    throw error instanceof KeyplaneError && error.code === 'unavailable' ? error : notReady(error);
  } finally {
    clearTimeout(timer);
  }
}

function notReady(cause?: unknown): KeyplaneError {
  return new KeyplaneError('unavailable', 'The database does not respond', { cause });
}
