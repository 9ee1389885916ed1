// Programs of others that a test uses where they are installed; what is missing is shown, never passed over in silence.

import { spawnSync } from 'node:child_process';

/** Also where an ordinary user's path does not lead. */
const folders = ['/usr/sbin', '/usr/local/sbin'];

/** Its path; undefined, with a line in the output of the tests, where it is not installed. */
export function findProgram(name: string): string | undefined {
  const PATH = [process.env.PATH ?? '', ...folders].join(':');
  const found = spawnSync('which', [name], { encoding: 'utf8', env: { ...process.env, PATH } });
  if (found.status === 0) return found.stdout.trim();
  console.info(`${name} is not installed: what it would try is skipped`);
  return undefined;
}
