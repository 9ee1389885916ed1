#!/usr/bin/env node
// The `keyplane` command, in a checkout and in a release. Plain JavaScript that Node.js 12 can still parse, so that an
// older one answers with one line; and the first file of a process, which is read before the compile cache is on.

import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const neededMajor = 24;
/** They run until they are stopped, so they get the flags that keep a process small. */
const services = ['start', 'quickstart', 'serve', 'node'];
/**
 * The young generation of a node is small: the keys that it gets outlive any, and memory that was touched is given back late.
 * SIGUSR1 opens no inspector.
 */
const serviceFlags = [
  `--max-semi-space-size=${process.argv[2] === 'node' ? 2 : 16}`,
  '--disable-sigusr1',
  '--disable-warning=ExperimentalWarning',
];

/**
 * For glibc. Threads share two arenas. With a fixed padding it gives every block of 128 KiB or more a separate mapping, and the
 * files that are read at the start leave no gaps in the heap (mallopt(3), M_TOP_PAD and M_MMAP_THRESHOLD).
 */
const allocatorVariables = { MALLOC_ARENA_MAX: '2', MALLOC_TOP_PAD_: '0' };

if (Number(process.versions.node.split('.')[0]) < neededMajor) {
  process.stderr.write(
    `keyplane: Node.js ${neededMajor} or newer is required, and this is ${process.version}.\n`,
  );
  process.exitCode = 2;
} else {
  startWithFlags();
  run();
}

/** Replaces this process by one with the flags. Where the platform cannot do that, they are left out. */
function startWithFlags() {
  if (!services.includes(process.argv[2]) || hasFlags()) return;
  if (process.platform === 'win32' || process.connected) return;
  const args = [process.execPath, ...process.execArgv, ...serviceFlags, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...allocatorVariables, ...process.env });
}

function hasFlags() {
  return serviceFlags.every((flag) => process.execArgv.includes(flag));
}

function run() {
  const release = new URL('../dist/src/cli/run-cli.js', import.meta.url);
  const checkout = new URL('../src/cli/run-cli.ts', import.meta.url);
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/keyplane', import.meta.url)));
  import(existsSync(checkout) ? checkout.href : release.href).then(({ runCli }) => runCli(process.argv));
}
