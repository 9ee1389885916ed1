import { collectDefaultMetrics } from 'prom-client';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAnyone } from '../route-access.ts';

export function metrics(app: KeyplaneServer, { metrics: registry }: Pick<RouteServices, 'metrics'>): void {
  // Process, heap, and the delay of the event loop. A registry takes each of them once.
  if (!registry.getSingleMetric('process_cpu_user_seconds_total'))
    collectDefaultMetrics({ register: registry });
  app.route({
    method: 'GET',
    url: '/metrics',
    config: { access: openToAnyone },
    schema: {
      operationId: 'metrics',
      tags: ['system'],
      summary: 'Measures in the text format of Prometheus',
    },
    handler: async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  });
}
