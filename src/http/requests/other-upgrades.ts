import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Whether the upgrade gate decides this upgrade. */
export function asksForWebSocket({ headers: { upgrade = '' } }: IncomingMessage): boolean {
  return upgrade.split(',').some((protocol) => protocol.trim().toLowerCase() === 'websocket');
}

/**
 * Any other upgrade is ignored and the request is served as it is (RFC 9110 §7.8): the HTTP client of Java sends
 * `Upgrade: h2c` with its first request over plain HTTP. The connection ends with the response.
 */
export function endOtherUpgrades(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.upgrade !== undefined) reply.header('connection', 'close');
  });
}
