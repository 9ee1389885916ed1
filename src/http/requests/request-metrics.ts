import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Histogram, type Registry } from 'prom-client';
import { sourceTypes } from '../../sources/sources.ts';
import { errorCodeOf, routeOf } from './request-log.ts';

/** Times and counts requests by method and route pattern; a pattern, for paths hold names and are without number. */
export function measureRequests(app: FastifyInstance, metrics: Registry): (reply: RequestPair) => void {
  const durations = new Histogram({
    name: 'keyplane_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its response',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10],
    registers: [metrics],
  });
  // A separate counter: clients that provoke many statuses would multiply the buckets.
  const answered = new Counter({
    name: 'keyplane_http_requests_total',
    help: 'Responses',
    labelNames: ['method', 'route', 'status'],
    registers: [metrics],
  });
  const changes = new Counter({
    name: 'keyplane_changes_total',
    help: 'Creates, updates and deletes, by the source of a JWK where one was named, and by outcome',
    labelNames: ['operation', 'source', 'outcome'],
    registers: [metrics],
  });
  const observe = ({ request, reply }: RequestPair) => {
    const { config, schema } = request.routeOptions;
    if (config?.takesIdempotencyKey) {
      const outcome = outcomeOf(request, reply.statusCode);
      changes.inc({ operation: schema?.operationId ?? '', source: sourceOf(request.body), outcome });
    }
    const route = routeOf(request);
    // A client may invent methods; what matched no route is counted as one.
    const method = route === 'unmatched' ? 'any' : request.method;
    durations.observe({ method, route }, reply.elapsedTime / 1000);
    answered.inc({ method, route, status: reply.statusCode });
  };
  app.addHook('onResponse', async (request, reply) => observe({ request, reply }));
  return observe;
}

/** Known names only: each name that a client invents would be a new time series. */
function sourceOf(body: unknown): string {
  const given = typeof body === 'object' && body !== null && 'sourceType' in body ? body.sourceType : '';
  return sourceTypes.find((name) => name === given) ?? '';
}

function outcomeOf(request: FastifyRequest, status: number): string {
  return status === 200 ? 'stored' : (errorCodeOf(request) ?? 'unknown');
}

export interface RequestPair {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}
