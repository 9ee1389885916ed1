// Loads what a start loads once, so that the first real start finds it compiled.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodePath, root, runtime, taskEnvironment } from '../places.mjs';

const loaded = [
  'src/compose/manager.ts',
  'src/cli/run-cli.ts',
  'src/cli/processes/quickstart.ts',
  'src/node/start-node.ts',
];

/** A failure costs only time at the first start, so it is not reported. */
export async function compileAhead() {
  const imports = loaded.map(
    (file) => `await import(${JSON.stringify(pathToFileURL(join(root, file)).href)});`,
  );
  const child = spawn(nodePath(), ['--input-type=module', '--eval', imports.join('')], {
    env: { ...taskEnvironment(), ...runtime.variables },
    stdio: 'ignore',
  });
  await once(child, 'close');
}
