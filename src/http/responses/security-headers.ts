import { TLSSocket } from 'node:tls';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** No response of keyplane is a page, except the two that set their own policy. */
const nothingAllowed = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** RFC 6797: where TLS is ours. Where it ends in front of the manager, that decides. */
const strictTransport = 'max-age=31536000';

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
