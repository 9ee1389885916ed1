// Builds `dist/`, which `npm pack` puts into the release: compiled JavaScript, and the console.

import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { capture } from '../child.mjs';
import { nodePath, root } from '../places.mjs';
import { buildConsole } from './build-console.mjs';

const target = join(root, 'dist');
/** What the compiled program reads beside its modules. */
const readFiles = /\.(html|svg|css)$/;

/** @throws Error with the output of the bundler */
export async function buildRelease() {
  await buildConsole();
  rmSync(target, { recursive: true, force: true });
  // A child, because npm runs this under the machine's own Node.js, which may be too old for the bundler.
  const { code, output } = await capture(nodePath(), [
    join(root, 'scripts/setup/bundle-release.mjs'),
    target,
  ]);
  if (code !== 0) throw new Error(`Could not compile the release. The bundler said:\n${output.trim()}`);
  const source = join(root, 'src');
  for (const entry of readdirSync(source, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !readFiles.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    const copy = join(target, 'src', relative(source, file));
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(file, copy);
  }
  for (const built of ['console/dist', 'console/reference']) {
    cpSync(join(root, built), join(target, built), { recursive: true });
  }
}

/** Compiles the typed client into its own `dist/`. @throws Error with the output of the compiler */
export async function buildClient() {
  const client = join(root, 'clients/typescript');
  rmSync(join(client, 'dist'), { recursive: true, force: true });
  const { code, output } = await capture('tsc', ['-p', client], { cwd: root });
  if (code !== 0) throw new Error(`Could not compile the client. tsc said:\n${output.trim()}`);
}
