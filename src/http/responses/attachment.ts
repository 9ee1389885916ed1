import type { FastifyReply } from 'fastify';

/** A file for the client to save (RFC 6266 §4.3); names may be of any script, so they come encoded as well. */
export function attach(reply: FastifyReply, name: string, mediaType: string): FastifyReply {
  const ascii = name.replace(/[^\w.-]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return reply
    .type(mediaType)
    .header('content-disposition', `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`);
}
