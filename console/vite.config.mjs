import { fileURLToPath, pathToFileURL } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The manager puts a fresh nonce in the place of this word in every page that it serves. */
const noncePlaceholder = 'KEYPLANE_NONCE';

/**
 * Modules of the manager that export plain values, by the name of the export: the browser gets the values. What they come
 * from, such as the checks of a key, needs Node.js.
 */
const evaluated = new Map(
  Object.entries({
    '../src/jose/key-type-options.ts': 'keyTypeOptions',
    '../src/outlets/kinds/outlet-kind-options.ts': 'outletKindOptions',
    '../src/sources/source-type-options.ts': 'sourceTypeOptions',
    '../src/version.ts': 'version',
  }).map(([path, name]) => [fileURLToPath(new URL(path, import.meta.url)), name]),
);
const evaluatedValues = {
  name: 'evaluated-values',
  enforce: 'pre',
  async load(id) {
    const name = evaluated.get(id);
    if (name === undefined) return undefined;
    const module = await import(pathToFileURL(id).href);
    return `export const ${name} = ${JSON.stringify(module[name])};`;
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [evaluatedValues, react()],
  html: { cspNonce: noncePlaceholder },
  build: {
    outDir: 'dist',
    target: 'es2023',
    // The page's policy lets nothing be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
  /** `vite console` shows a change at once, over the manager of `npm start`. */
  server: { proxy: { '/apiops': 'http://127.0.0.1:8080' } },
});
