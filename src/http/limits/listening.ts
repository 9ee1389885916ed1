import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer } from 'node:https';
import type { TlsFiles } from '../../runtime/tls-files.ts';
import { trackHandshakes } from '../../runtime/tls-handshakes.ts';
import { asksForWebSocket } from '../requests/other-upgrades.ts';
import type { ServerLimits } from './server-limits.ts';

/** A socket without any traffic; longer than a source URL and a deployment may take together. */
export const idleConnectionMs = 300_000;
export const keepAliveMs = 72_000;

/** What node:http takes at its creation only. */
export function httpOptions({ headersMs, lookEveryMs }: Pick<ServerLimits, 'headersMs' | 'lookEveryMs'>) {
  return {
    headersTimeout: headersMs,
    connectionsCheckingInterval: lookEveryMs,
    // `refuseBadHead` requires it: node:http would respond without a body, a log line or a count.
    requireHostHeader: false,
    shouldUpgradeCallback: (request: IncomingMessage) => asksForWebSocket(request),
  };
}

/** node:http answers another expectation than `100-continue` itself, with 417 and no body. Here it is a request like any. */
export function takeExpectations(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** For Fastify: a server of our class with the limits that Fastify would set. */
export function tlsServerFactory(tls: TlsFiles, limits: ServerLimits): (handler: RequestListener) => Server {
  return (handler) => {
    const server = createServer({ ...tls.serverOptions, ...httpOptions(limits) }, handler);
    tls.follow(server);
    server.keepAliveTimeout = keepAliveMs;
    server.requestTimeout = limits.requestMs;
    server.setTimeout(idleConnectionMs);
    const endHandshakes = trackHandshakes(server);
    const close = server.close.bind(server);
    server.close = (done) => {
      const closing = close(done);
      endHandshakes();
      return closing;
    };
    return server;
  };
}
