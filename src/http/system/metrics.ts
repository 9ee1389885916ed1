import { notFoundAnswer } from '../answers/error-answer.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAnyone } from '../route-access.ts';

export function metrics(app: KeyplaneServer, { metricsText }: Pick<RouteServices, 'metricsText'>): void {
  app.route({
    method: 'GET',
    url: '/metrics',
    config: { access: openToAnyone },
    schema: {
      operationId: 'metrics',
      tags: ['system'],
      summary: 'Measures in the text format of Prometheus; 404 where they have a listener of their own',
      description: 'The names are listed in docs/metrics.md.',
    },
    handler: async (request, reply) => {
      if (metricsText === undefined) throw notFoundAnswer(request);
      return reply.type(metricsText.contentType).send(await metricsText.text());
    },
  });
}
