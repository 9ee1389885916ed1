import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { routeNotFound } from '../responses/error-response.ts';
import { openToAnyone } from '../route-access.ts';

export function metricsRoute(app: KeyplaneServer, { metricsText }: Pick<RouteServices, 'metricsText'>): void {
  app.route({
    method: 'GET',
    url: '/metrics',
    config: { access: openToAnyone },
    schema: {
      operationId: 'metrics',
      tags: ['system'],
      summary: 'Get metrics in the text format of Prometheus',
      description: 'The names are listed in docs/metrics.md. 404 if metrics have a separate listener.',
    },
    handler: async (request, reply) => {
      if (metricsText === undefined) throw routeNotFound(request);
      return reply.type(metricsText.contentType).send(await metricsText.text());
    },
  });
}
