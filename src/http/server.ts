// The manager's HTTP server: what every request goes through before an operation sees it, and every response after.
// It refuses, in this order and before reading a body: unknown routes (404), unauthenticated clients (401), clients over a rate limit
// (429), projects that the caller does not see (404), missing roles (403); then bodies that are too large, of another
// type, or malformed.
//
// To add an operation, write one file that adds one route, and name it in the `routes.ts` of its folder:
//
//   export function getThing(app: KeyplaneServer, { things }: Pick<HttpServices, 'things'>): void {
//     app.route({
//       method: 'GET',
//       url: '/apiops/projects/:projectName/things/:thingName/',
//       config: { access: openToMembers('ROLE_API_SECURITY') },
//       schema: { operationId: 'getThing', tags: ['things'], summary: 'Get a thing', params, response: { 200: … } },
//       handler: async (request) => listAnswer([await things.get(request.project, request.params.thingName)]),
//     });
//   }
//
// `config.access` is required (see route-access.ts) and makes `request.caller` and `request.project` available.
// A larger body is `bodyLimit` on the route; another type of body is a parser in its own scope
// (`app.register(async (scope) => …)`, see access/sign-in.ts) and `consumes` in the schema.

import { randomUUID } from 'node:crypto';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import { isKeyplaneError } from '../errors.ts';
import type { MetricsText } from '../metrics/metrics-text.ts';
import type { RefusalCause, Refusals } from '../metrics/refusals.ts';
import { takeRequestsOneByOne } from '../runtime/pipelining.ts';
import type { TlsFiles } from '../runtime/tls-files.ts';
import { accessRoutes } from './access/routes.ts';
import { applicationRoutes } from './applications/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { environmentRoutes } from './environments/routes.ts';
import { eventRoutes } from './events/routes.ts';
import type { HttpServices } from './http-services.ts';
import { jwkRoutes } from './jwks/routes.ts';
import type { KeyplaneServer } from './keyplane-server.ts';
import { boundBodyMemory } from './limits/body-memory.ts';
import {
  httpOptions,
  idleConnectionMs,
  keepAliveMs,
  takeExpectations,
  tlsServerFactory,
} from './limits/listening.ts';
import { addressOf, createRateLimits, type RateLimits } from './limits/rate-limits.ts';
import {
  defaultServerLimits,
  refuseBadHead,
  refuseManyHeaders,
  type ServerLimits,
} from './limits/server-limits.ts';
import { materialRoutes } from './materials/routes.ts';
import { describeApi } from './openapi/describe-api.ts';
import { outletRoutes } from './outlets/routes.ts';
import { overviewRoutes } from './overview/routes.ts';
import { projectRoutes } from './projects/routes.ts';
import { stopGracefully } from './requests/graceful-stop.ts';
import { parseJsonBodies } from './requests/json-body.ts';
import { endOtherUpgrades } from './requests/other-upgrades.ts';
import { logRequest, logRequests } from './requests/request-log.ts';
import { measureRequests } from './requests/request-metrics.ts';
import { createConnectionErrorHandler } from './responses/connection-error.ts';
import { routeNotFound, sendError } from './responses/error-response.ts';
import { FinalResponses } from './responses/final-response.ts';
import { setSecurityHeaders } from './responses/security-headers.ts';
import { ringRoutes } from './rings/routes.ts';
import { guardRoutes } from './route-access.ts';
import { setZodCompilers, withoutCompilers } from './schema-compilers.ts';
import { systemRoutes } from './system/routes.ts';
import { tokenProfileRoutes } from './token-profiles/routes.ts';
import { viewRoutes } from './views/routes.ts';

export interface ServerOptions {
  readonly services: HttpServices;
  readonly logger: FastifyBaseLogger;
  /** Gets the server's own measures. */
  readonly metrics: Registry;
  /** `/metrics` is 404 without it. */
  readonly metricsText?: MetricsText | undefined;
  readonly refusals: Refusals;
  /** keyplane's version. */
  readonly version: string;
  /** Without it there is no rate limit. */
  readonly rateLimits?: RateLimits;
  /** Proxies whose `X-Forwarded-For` is trusted; none without it. */
  readonly isTrustedProxy?: (address: string) => boolean;
  /** Plain HTTP without it. */
  readonly tls?: TlsFiles | undefined;
  /** What is left out is as in `defaultServerLimits`. */
  readonly limits?: Partial<ServerLimits>;
}

/** One line an operation; each folder's `routes.ts` lists its own. */
const rooms = [
  systemRoutes,
  accessRoutes,
  projectRoutes,
  environmentRoutes,
  jwkRoutes,
  ringRoutes,
  materialRoutes,
  applicationRoutes,
  tokenProfileRoutes,
  eventRoutes,
  viewRoutes,
  outletRoutes,
  auditRoutes,
  overviewRoutes,
];

const defaultBodyBytesLimit = 1024 * 1024;

/** Not listening yet; `ready()` or `listen()` finish it. `close()` lets requests under way end. */
export function buildServer(options: ServerOptions): KeyplaneServer {
  const {
    services,
    logger,
    metrics,
    refusals,
    version,
    tls,
    rateLimits = createRateLimits(unlimited),
  } = options;
  const limits: ServerLimits = { ...defaultServerLimits, ...options.limits };
  const finalResponses = new FinalResponses();
  let observe = (_: { request: FastifyRequest; reply: FastifyReply }) => {};
  const app: KeyplaneServer = Fastify({
    ...timeouts(limits),
    ...(tls && { serverFactory: tlsServerFactory(tls, limits) }),
    loggerInstance: logger,
    // `logRequests` writes the one line a request; Fastify's own would hold the path as typed.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: options.isTrustedProxy ?? false,
    routerOptions,
    schemaController: withoutCompilers,
    // Fastify's own response to a request during shutdown has another shape than all our errors.
    return503OnClosing: false,
    clientErrorHandler: createConnectionErrorHandler(refusals, finalResponses),
    // Paths that cannot be decoded are rejected before there is a route, so before any hook.
    frameworkErrors(error, request, reply) {
      setSecurityHeaders(request, reply);
      sendError(error, request, reply);
      logRequest(request, reply);
      observe({ request, reply });
    },
  }).withTypeProvider<ZodTypeProvider>();

  takeRequestsOneByOne(app.server);
  takeExpectations(app.server);
  setZodCompilers(app);
  app.setErrorHandler((error, request, reply) => {
    const cause = refusalCauseOf(error);
    if (cause) refusals.count(cause, addressOf(request));
    return sendError(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => sendError(routeNotFound(request), request, reply));
  parseJsonBodies(app);
  app.server.maxConnections = limits.connections;
  app.server.on('drop', (dropped) => refusals.count('connection_limit', dropped?.remoteAddress));

  app.addHook('onRequest', async (request, reply) => {
    setSecurityHeaders(request, reply);
    refuseManyHeaders(request);
    refuseBadHead(request, reply, () => rateLimits.countUnauthenticated(request));
  });
  stopGracefully(app);
  app.addHook('preClose', async () => finalResponses.close());
  app.addHook('onRequest', async (request) => {
    if (!request.is404) return;
    rateLimits.countUnauthenticated(request);
    throw routeNotFound(request);
  });
  endOtherUpgrades(app);
  guardRoutes(app, services, rateLimits);
  boundBodyMemory(app);
  logRequests(app);
  observe = measureRequests(app, metrics);
  describeApi(app, version);
  app.register(async (scope) => {
    for (const register of rooms)
      register(scope.withTypeProvider<ZodTypeProvider>(), { ...services, metricsText: options.metricsText });
  });
  return app;
}

/** Of what a limit or a missing role rejects. */
function refusalCauseOf(error: unknown): RefusalCause | undefined {
  if (!isKeyplaneError(error)) return undefined;
  return error.code === 'forbidden' ? 'role' : error.limit;
}

const unlimited = Object.freeze({ user: 0, address: 0 });

function timeouts({ headersMs, requestMs, lookEveryMs }: ServerLimits) {
  return {
    bodyLimit: defaultBodyBytesLimit,
    requestTimeout: requestMs,
    connectionTimeout: idleConnectionMs,
    keepAliveTimeout: keepAliveMs,
    http: httpOptions({ headersMs, lookEveryMs }),
  };
}

/** A name of 128 characters takes up to 1,536 once encoded; beyond that the size of Node's headers is the limit. */
const routerOptions = Object.freeze({
  ignoreTrailingSlash: true,
  caseSensitive: true,
  maxParamLength: 16_384,
});
