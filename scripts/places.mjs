// Where things are in a checkout.

import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const modules = join(root, 'node_modules');
export const mainFile = join(root, 'src/main.ts');
/** The Node.js that npm installs with everything else. */
export const pinnedNode = join(modules, `node-${process.platform}-${process.arch}/bin/node`);
export const neededMajor = 24;
/**
 * How keyplane itself is run. Compiled modules are kept, so that a start neither strips types nor compiles again; the
 * young generation of a node is small; SIGUSR1 opens no
 * inspector; and glibc gives threads no arena each, and large blocks mappings of their own (see keyplane.mjs).
 */
export const runtime = {
  args: ['--max-semi-space-size=16', '--disable-sigusr1'],
  nodeArgs: ['--max-semi-space-size=2', '--disable-sigusr1'],
  variables: {
    NODE_COMPILE_CACHE: join(modules, '.cache/keyplane'),
    MALLOC_ARENA_MAX: '2',
    MALLOC_TOP_PAD_: '0',
  },
};

/** The Node.js to run under: the pinned one, or this machine's own where that is new enough. */
export function nodePath() {
  return existsSync(pinnedNode) ? pinnedNode : process.execPath;
}

/** The environment of the processes that a task starts: it uses our `node` and our tools. */
export function taskEnvironment() {
  const path = [dirname(nodePath()), join(modules, '.bin'), process.env.PATH].join(delimiter);
  return { ...process.env, PATH: path };
}
