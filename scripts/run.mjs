// Runs one task of package.json under the Node.js that keyplane is made for, on a machine that may have another:
// `node scripts/run.mjs <task> [arguments]`. Installs the dependencies first where they are missing or stale.
// Plain JavaScript without dependencies, because it is what runs before there are any.

import { prepare } from './setup/prepare.mjs';
import { tasks } from './tasks.mjs';

const [name = '', ...args] = process.argv.slice(2);

if (!Object.hasOwn(tasks, name)) {
  process.stderr.write(`No task "${name}"; there are: ${Object.keys(tasks).join(', ')}.\n`);
  process.exit(2);
}
try {
  await prepare();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
try {
  await tasks[name](args);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
