// Compiles `src/` into few files, in the folder that is its argument. Node.js keeps the text of each module and some 7 KB
// beside it, and resolves more than a thousand names at a start: a manager that was compiled file by file needed 25 MB more.

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'vite';
import { root } from '../places.mjs';
import { collectLicenses } from './bundled-licenses.mjs';

/** @throws Error with the output of the bundler */
async function bundleRelease(target) {
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    plugins: [ownPlaces, latin1, collectLicenses],
    // What is installed beside the release stays out of it. All other packages are development dependencies.
    ssr: { noExternal: true, external: installedPackages() },
    build: {
      ssr: true,
      outDir: target,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: Object.fromEntries(
          startedFiles().map((file) => [file.replace(/\.ts$/, ''), join(root, file)]),
        ),
        output: { entryFileNames: '[name].js', chunkFileNames: 'lib/[name]-[hash].js', comments: false },
      },
    },
  });
}

function installedPackages() {
  return Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies);
}

/** The command line, and the modules that `moduleFile` starts as a thread or a process. They keep their places. */
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
    const compiled = JSON.stringify(`../${place.replace(/\.ts$/, '.js')}`);
    return code.replaceAll('import.meta.url', `new URL(${compiled}, import.meta.url).href`);
  },
};

/** V8 keeps a text with one character beyond Latin-1 in two bytes for every character. */
const latin1 = {
  name: 'latin-1',
  enforce: 'post',
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      if (file.type !== 'chunk') continue;
      file.code = file.code.replace(/[^\0-\xff]/g, escaped);
    }
  },
};

function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

await bundleRelease(process.argv[2]);
