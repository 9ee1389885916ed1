import type { FastifyRequest } from 'fastify';
import { notFoundAnswer } from '../answers/error-answer.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAnyone } from '../route-access.ts';

const passedOn = [
  'content-type',
  'content-security-policy',
  'cache-control',
  'etag',
  'last-modified',
  'location',
];

/** The reference for people, drawn from the description. */
export function apiReference(app: KeyplaneServer): void {
  for (const url of ['/docs', '/docs/*']) {
    app.route({
      method: 'GET',
      url,
      config: { access: openToAnyone },
      schema: { hide: true },
      handler: async (request, reply) => {
        const reference = await app.apiReference();
        const page = await reference.page(request.url, conditionsOf(request));
        if (page.statusCode === 404) throw notFoundAnswer(request);
        for (const name of passedOn) {
          if (page.headers[name] !== undefined) reply.header(name, page.headers[name]);
        }
        return reply.code(page.statusCode).send(page.rawPayload);
      },
    });
  }
}

function conditionsOf({ headers }: FastifyRequest): Record<string, string> {
  const { 'if-none-match': etag, 'if-modified-since': since } = headers;
  return {
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(since !== undefined && { 'if-modified-since': since }),
  };
}
