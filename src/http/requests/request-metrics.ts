import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Histogram, type Registry } from 'prom-client';
import { routeOf } from './request-log.ts';

/** Times requests by method, route pattern and status; a pattern, for paths hold names and are without number. */
export function measureRequests(app: FastifyInstance, metrics: Registry): (reply: RequestPair) => void {
  const durations = new Histogram({
    name: 'keyplane_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
  const observe = ({ request, reply }: RequestPair) => {
    const route = routeOf(request);
    // A client may invent methods; what matched no route is counted as one.
    const method = route === 'unmatched' ? 'any' : request.method;
    durations.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  };
  app.addHook('onResponse', async (request, reply) => observe({ request, reply }));
  return observe;
}

export interface RequestPair {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}
