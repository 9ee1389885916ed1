// The Chromium of a package, so that no machine has to have one. Beside the tests it takes screenshots and measures.

import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sparticuz, { inflate } from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

export interface UnpackedBrowser {
  /** Undefined where the package has no build: then the Chrome that is installed there is taken. */
  readonly executablePath?: string;
  /** Of shared libraries that the machine lacks. */
  readonly libraryPath?: string;
}

const run = promisify(execFile);

export async function unpackBrowser(): Promise<UnpackedBrowser> {
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

export function launchBrowser({ executablePath, libraryPath }: UnpackedBrowser): Promise<Browser> {
  if (executablePath === undefined) return chromium.launch({ channel: 'chrome' });
  return chromium.launch({
    executablePath,
    // Root has no sandbox; nothing but our own page is looked at.
    args: ['--no-sandbox', '--no-zygote', '--font-render-hinting=none', '--disable-webgl'],
    ...(libraryPath !== undefined && { env: { ...process.env, LD_LIBRARY_PATH: libraryPath } }),
  });
}
