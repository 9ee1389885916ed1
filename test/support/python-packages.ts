// Packages of Python for a process of its own: the Python that has them already, or the published wheels, which are kept for
// later runs.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';

export interface PythonPackages {
  /** Statements that import what is used, such as `import jwt; from jwt import PyJWKClient`: an older release lacks names. */
  readonly imports: string;
  /** With their versions, such as `PyJWT==2.15.1`. */
  readonly requirements: readonly string[];
}

/** Where the packages are, for `pythonEnvironment`; undefined if there is no Python, or none that can have them. */
export function findPythonPackages({ imports, requirements }: PythonPackages): string | undefined {
  const { XDG_CACHE_HOME = join(homedir(), '.cache') } = process.env;
  if (canRun(imports, '')) return '';
  const kept = join(XDG_CACHE_HOME, 'keyplane-tests', requirements.join('-').replaceAll('==', '-'));
  try {
    if (!existsSync(kept)) fetchInto(kept, requirements);
  } catch {
    // A cache that cannot be written is the same as none.
  }
  return canRun(imports, kept) ? kept : undefined;
}

export function pythonEnvironment(packages: string): NodeJS.ProcessEnv {
  return { ...process.env, ...(packages !== '' && { PYTHONPATH: packages }) };
}

function canRun(code: string, packages: string): boolean {
  return spawnSync('python3', ['-c', code], { env: pythonEnvironment(packages) }).status === 0;
}

function fetchInto(kept: string, requirements: readonly string[]): void {
  const cache = join(kept, '..');
  makeFolder(cache);
  const folder = mkdtempSync(join(cache, 'fetched-'));
  try {
    const target = join(folder, 'target');
    const quick = ['--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '15'];
    const install = ['-m', 'pip', 'install', ...quick, '--only-binary', ':all:', '--target', target];
    const { status } = spawnSync('python3', [...install, ...requirements], { timeout: 240_000 });
    // Another run may have been quicker.
    if (status === 0 && !existsSync(kept)) renameSync(target, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
