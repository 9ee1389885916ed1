// Joins the modules of the program into few files. Node.js keeps the text of each module and some 7 KB beside it, and resolves
// more than a thousand names at a start: a manager that was compiled file by file had 20 MB more.

import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { build } from 'vite';
import { root } from '../places.mjs';

/** Of these only what is used gets into the release. Everything else stays a package that is installed beside it. */
export const bundledPackages = ['zod', 'kysely', 'fastify-type-provider-zod', '@fastify/error'];

/** Compiles `src/` into the folder. @throws Error with what the bundler said */
export async function bundleRelease(target) {
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    plugins: [ownPlaces],
    ssr: { noExternal: bundledPackages },
    build: {
      ssr: true,
      outDir: target,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: Object.fromEntries(startedFiles().map((file) => [file.replace(/\.ts$/, ''), join(root, file)])),
        output: { entryFileNames: '[name].js', chunkFileNames: 'lib/[name]-[hash].js', comments: false },
      },
    },
  });
}

/** The command line, and the modules that `moduleFile` starts as a thread or a process, which keep their places. */
function startedFiles() {
  const started = globSync('src/**/*.ts', { cwd: root }).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return Array.from(text.matchAll(/moduleFile\(new URL\('([^']+)'/g), ([, path]) =>
      join(dirname(file), path),
    );
  });
  return [...new Set(['src/cli/run-cli.ts', ...started])].sort();
}

/** A module finds files by its own place, such as a page beside it, also in the file that it was joined into. */
const ownPlaces = {
  name: 'own-places',
  transform(code, id) {
    const place = relative(root, id);
    if (!place.startsWith('src/') || !code.includes('import.meta.url')) return undefined;
    const compiled = join('..', dirname(place), `${basename(place, '.ts')}.js`);
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(compiled)}, import.meta.url).href`);
  },
};
