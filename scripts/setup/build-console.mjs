// Builds the console if its sources or its build tools changed since the last build.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { capture } from '../child.mjs';
import { root, taskEnvironment } from '../places.mjs';

const folder = join(root, 'console');
const built = join(folder, 'dist');
const stampFile = join(built, '.stamp');
/** All that the console is made of, which a house test compares with its imports; the rest may change without it. */
export const consoleSources = [
  'console/src',
  'console/index.html',
  'console/vite.config.mjs',
  'clients/typescript/src',
  'package.json',
  'src/asn1',
  'src/error-reasons.ts',
  'src/errors.ts',
  'src/events/event-types.ts',
  'src/formats',
  'src/iso-duration.ts',
  'src/jose',
  'src/names.ts',
  'src/outlets',
  'src/protocol/content.ts',
  'src/rings',
  'src/runtime',
  'src/sources',
  'src/version.ts',
  'src/webhooks/signature.ts',
];
/** For callers such as a test: React's development build is twice the size. */
const production = { NODE_ENV: 'production' };
const compressed = /\.(js|css|svg|html)$/;

/** The console, and the reference beside it. @throws Error with the output of vite */
export async function buildConsole() {
  const { buildReference } = await import('./build-reference.mjs');
  await buildReference();
  await buildPages();
}

async function buildPages() {
  const stamp = stampOf();
  if (isStamped(stamp)) return;
  process.stderr.write('Building the console…\n');
  const { code, output } = await capture('vite', ['build', folder], {
    cwd: root,
    env: { ...taskEnvironment(), ...production },
  });
  if (code !== 0) throw new Error(`Could not build the console. vite said:\n${output.trim()}`);
  const assets = join(built, 'assets');
  for (const name of readdirSync(assets).filter((file) => compressed.test(file))) {
    writeFileSync(join(assets, `${name}.br`), brotliCompressSync(readFileSync(join(assets, name))));
  }
  writeFileSync(stampFile, stamp);
}

function isStamped(stamp) {
  try {
    return readFileSync(stampFile, 'utf8') === stamp;
  } catch {
    rmSync(built, { recursive: true, force: true });
    return false;
  }
}

function stampOf() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const source of consoleSources) {
    for (const file of filesOf(join(root, source))) {
      hash
        .update(`${relative(root, file)}\0`)
        .update(readFileSync(file))
        .update('\0');
    }
  }
  return `${hash.digest('hex')}\n`;
}

function filesOf(place) {
  try {
    const entries = readdirSync(place, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (error.code !== 'ENOTDIR') throw error;
    return [place];
  }
}
