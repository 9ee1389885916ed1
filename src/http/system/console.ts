// The console at `/`: one page and its files, read once and served from memory. The page may run only scripts of this
// origin and use only style elements with its nonce; nothing is loaded from elsewhere.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAnyone } from '../route-access.ts';
import { type ConsoleAsset, readConsoleFiles } from './console-files.ts';

const noncePlaceholder = /KEYPLANE_NONCE/g;
/** Where the console was not built. */
const withoutConsole = new URL('./home.html', import.meta.url);

export function consoleRoute(app: KeyplaneServer): void {
  const files = readConsoleFiles();
  const page = files?.page ?? readFileSync(withoutConsole, 'utf8');
  for (const asset of files?.assets ?? []) serveAsset(app, asset);
  app.route({
    method: 'GET',
    url: '/',
    config: { access: openToAnyone },
    schema: { hide: true },
    handler: async (_request, reply) => {
      const nonce = randomBytes(16).toString('base64');
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', policy(nonce))
        .header('cache-control', 'no-store')
        .send(page.replace(noncePlaceholder, nonce));
    },
  });
}

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function serveAsset(app: KeyplaneServer, { name, mediaType, content, brotli }: ConsoleAsset): void {
  app.route({
    method: 'GET',
    url: `/assets/${name}`,
    config: { access: openToAnyone },
    schema: { hide: true },
    handler: async (request, reply) => {
      const takesBrotli = /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
      reply
        .type(mediaType)
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('vary', 'accept-encoding');
      if (brotli === undefined || !takesBrotli) return reply.send(await content());
      return reply.header('content-encoding', 'br').send(brotli);
    },
  });
}
