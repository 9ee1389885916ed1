// Writes the script of the API reference, compressed, into `console/reference/`, where it is not the one of the installed package.

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { modules, root } from '../places.mjs';

const folder = join(root, 'console/reference');
const stampFile = join(folder, '.stamp');
const scriptPath = '/docs/js/scalar.js';
const compress = promisify(brotliCompress);
/** Twenty times as fast as the best, for an eighth more. */
const params = { [constants.BROTLI_PARAM_QUALITY]: 7, [constants.BROTLI_PARAM_LGWIN]: 24 };

export async function buildReference() {
  const stamp = stampOf();
  if (isStamped(stamp)) return;
  process.stderr.write('Building the API reference…\n');
  const script = await scriptOfPackage();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // The name is kept by caches for a year.
  const hash = createHash('sha256').update(script).digest('hex').slice(0, 12);
  writeFileSync(join(folder, `scalar-${hash}.js.br`), await compress(script, { params }));
  // Its licence goes wherever it goes.
  cpSync(join(modules, '@scalar/fastify-api-reference/LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(stampFile, stamp);
}

function isStamped(stamp) {
  try {
    return (
      readFileSync(stampFile, 'utf8') === stamp && readdirSync(folder).some((name) => name.endsWith('.br'))
    );
  } catch {
    return false;
  }
}

function stampOf() {
  const installed = readFileSync(join(modules, '@scalar/fastify-api-reference/package.json'), 'utf8');
  return `${JSON.parse(installed).version}\n`;
}

/** The package has it inside a plugin that serves it. */
async function scriptOfPackage() {
  const { default: Fastify } = await import('fastify');
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const app = Fastify({ routerOptions: { ignoreTrailingSlash: true } });
  await app.register(scalar, { routePrefix: '/docs', configuration: { url: '/openapi.json' } });
  const { statusCode, rawPayload } = await app.inject(scriptPath);
  await app.close();
  if (statusCode !== 200)
    throw new Error(`Could not take the API reference out of its package: ${statusCode}`);
  return rawPayload;
}
