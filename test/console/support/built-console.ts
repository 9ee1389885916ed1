// Before the first test of the console: the page is built where it is stale, and the browser unpacked, both once.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestProject } from 'vitest/node';
import { type UnpackedBrowser, unpackBrowser } from './launch-browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    browser: UnpackedBrowser;
  }
}

export async function setup(project: TestProject): Promise<void> {
  await buildConsole();
  project.provide('browser', await unpackBrowser());
}

async function buildConsole(): Promise<void> {
  const builder = pathToFileURL(join(import.meta.dirname, '../../../scripts/setup/build-console.mjs'));
  const { buildConsole: build } = await import(builder.href);
  await build();
}
