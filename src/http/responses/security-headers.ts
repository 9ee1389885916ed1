import { TLSSocket } from 'node:tls';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { strictTransport } from '../../runtime/tls-files.ts';

/** No response of keyplane is a page, except the two that set their own policy. */
const nothingAllowed = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply
    .header('x-request-id', request.id)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('x-frame-options', 'DENY')
    .header('content-security-policy', nothingAllowed);
  if (request.raw.socket instanceof TLSSocket) reply.header('strict-transport-security', strictTransport);
  // Answers of the API are for one caller. It goes by the route that matched: the path as typed has many spellings
  // (`/%61piops`, `http://host/apiops`), and a cache between must not keep a private key because of one of them.
  const { url } = request.routeOptions;
  if (url === undefined || url.startsWith('/apiops')) reply.header('cache-control', 'no-store');
}
