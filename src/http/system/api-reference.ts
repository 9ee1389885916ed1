// The API reference at /docs: one page that loads /openapi.json, its style and its script. The script is large and
// rarely requested, so it is read on request. The page loads nothing from other hosts.

import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAnyone } from '../route-access.ts';

const decompress = promisify(brotliDecompress);
const folder = new URL('../../../console/reference/', import.meta.url);
const page = new URL('./reference.html', import.meta.url);
/** Where the reference was not built, as in a checkout that was started without npm. */
const withoutScript = new URL('./reference-not-built.html', import.meta.url);
const style = new URL('./reference.css', import.meta.url);

const forAYear = 'public, max-age=31536000, immutable';

export function apiReferenceRoute(app: KeyplaneServer): void {
  const script = builtScript();
  const text = readFileSync(script === undefined ? withoutScript : page, 'utf8');
  app.route({
    method: 'GET',
    url: '/docs',
    config: { access: openToAnyone },
    schema: { hide: true },
    handler: async (_request, reply) => {
      const nonce = randomBytes(16).toString('base64');
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', policy(nonce))
        .header('cache-control', 'no-store')
        .send(text.replaceAll('KEYPLANE_NONCE', nonce).replace('KEYPLANE_SCRIPT', script ?? ''));
    },
  });
  const css = readFileSync(style, 'utf8');
  app.route({
    method: 'GET',
    url: '/docs/reference.css',
    config: { access: openToAnyone },
    schema: { hide: true },
    handler: async (_request, reply) =>
      reply.type('text/css; charset=utf-8').header('cache-control', 'no-cache').send(css),
  });
  if (script !== undefined) serveScript(app, script);
}

/** The name of the script; its compressed file has `.br` behind it. */
function builtScript(): string | undefined {
  try {
    return readdirSync(fileURLToPath(folder))
      .find((name) => name.endsWith('.js.br'))
      ?.slice(0, -'.br'.length);
  } catch {
    return undefined;
  }
}

function serveScript(app: KeyplaneServer, name: string): void {
  let brotli: Promise<Buffer> | undefined;
  app.route({
    method: 'GET',
    url: `/docs/${name}`,
    config: { access: openToAnyone },
    schema: { hide: true },
    handler: async (request, reply) => {
      brotli ??= readFile(new URL(`${name}.br`, folder));
      reply
        .type('text/javascript; charset=utf-8')
        .header('cache-control', forAYear)
        .header('vary', 'accept-encoding');
      const compressed = await brotli;
      const takesBrotli = /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
      if (!takesBrotli) return reply.send(await decompress(compressed));
      return reply.header('content-encoding', 'br').send(compressed);
    },
  });
}

/** The script adds style elements and attributes without a nonce. Scripts run by the nonce of the page alone. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
