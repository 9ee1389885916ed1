import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The manager puts a fresh nonce in the place of this word in every page that it serves. */
const noncePlaceholder = 'KEYPLANE_NONCE';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
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
