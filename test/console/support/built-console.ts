// Before the first test of the console: the page is built where it is stale, and the browser unpacked, both once.

import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import sparticuz, { inflate } from '@sparticuz/chromium';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    browser: UnpackedBrowser;
  }
}

export interface UnpackedBrowser {
  /** Undefined where the package has no build: then the Chrome that is installed there is taken. */
  readonly executablePath?: string;
  /** Of shared libraries that the machine lacks. */
  readonly libraryPath?: string;
}

const run = promisify(execFile);

export async function setup(project: TestProject): Promise<void> {
  await buildConsole();
  project.provide('browser', await unpackBrowser());
}

async function buildConsole(): Promise<void> {
  const builder = pathToFileURL(join(import.meta.dirname, '../../../scripts/setup/build-console.mjs'));
  const { buildConsole: build } = await import(builder.href);
  await build();
}

async function unpackBrowser(): Promise<UnpackedBrowser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return {};
  const executablePath = await sparticuz.executablePath();
  try {
    await run(executablePath, ['--version']);
    return { executablePath };
  } catch {
    const packages = new URL('../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium'));
    await inflate(fileURLToPath(packages));
    return { executablePath, libraryPath: join(tmpdir(), 'al2023', 'lib') };
  }
}
