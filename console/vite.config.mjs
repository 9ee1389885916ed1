import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The manager puts a fresh nonce in the place of this word in every page that it serves. */
const noncePlaceholder = 'KEYPLANE_NONCE';

/** The key types as plain values: the browser has no use for their checks, which need Node.js. */
const keyTypeOptions = {
  name: 'key-type-options',
  enforce: 'pre',
  async load(id) {
    const url = new URL('../src/jose/key-type-options.ts', import.meta.url);
    if (id !== fileURLToPath(url)) return undefined;
    const { keyTypeOptions: options } = await import(url.href);
    return `export const keyTypeOptions = ${JSON.stringify(options)};`;
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [keyTypeOptions, react()],
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
