// What `scripts/run.mjs` can be asked to do.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, endLike, foreground } from './child.mjs';
import { mainFile, nodePath, root, runtime } from './places.mjs';
import { runSteps } from './steps.mjs';
import { countTests, tallyLine } from './tally.mjs';

const lint = { name: 'format and lint', command: 'biome', args: ['check', '--error-on-warnings'] };
const types = { name: 'types', command: 'tsc', args: ['--noEmit', '-p', '.'] };
const consoleTypes = { name: 'types of the console', command: 'tsc', args: ['--noEmit', '-p', 'console'] };
const houseRules = { name: 'house rules', command: 'vitest', args: ['run', 'test/house'] };
const unused = { name: 'unused code', command: 'knip', args: [] };

/** Name of the task to what it does with the arguments that follow it. */
export const tasks = {
  quickstart: withConsole((args) => keyplane(['start', ...args])),
  cli: (args) => (args[0] === 'serve' ? withConsole(keyplane)(args) : keyplane(args)),
  dev: withConsole(async (args) =>
    endLike(await foreground(nodePath(), ['--watch', mainFile, 'start', ...args])),
  ),
  bench: withConsole(async (args) =>
    endLike(await foreground(nodePath(), [join(root, 'bench/run.ts'), ...args], { channel: true })),
  ),
  faults: async (args) =>
    endLike(await foreground(nodePath(), [join(root, 'faults/run.ts'), ...args], { channel: true })),
  model: async (args) =>
    endLike(await foreground(nodePath(), [join(root, 'test/rings/schedule/model/run.ts'), ...args])),
  format: async (args) => endLike(await foreground('biome', ['check', '--write', ...args], { cwd: root })),
  openapi: writeOpenApi,
  client: writeClient,
  screenshots: withConsole(async (args) =>
    endLike(await foreground(nodePath(), [join(root, 'scripts/screenshots/take-screenshots.ts'), ...args])),
  ),
  release: async () => (await import('./setup/build-release.mjs')).buildRelease(),
  'build-client': async () => (await import('./setup/build-release.mjs')).buildClient(),
  check,
  test: withConsole(test),
};

/** Built first, where it has to be. */
function withConsole(task) {
  return async (args) => {
    const { buildConsole } = await import('./setup/build-console.mjs');
    await buildConsole();
    await task(args);
  };
}

async function keyplane(args) {
  const options = { channel: true, variables: runtime.variables };
  endLike(await foreground(nodePath(), [...runtime.args, mainFile, ...args], options));
}

async function writeOpenApi() {
  const { code, stdout, output } = await capture(nodePath(), [mainFile, 'openapi']);
  if (code === 0) writeFileSync(join(root, 'openapi.json'), stdout);
  else process.stderr.write(output);
  process.exitCode = code;
}

/** The client's operations are those of the API's description. */
async function writeClient() {
  const generator = join(root, 'clients/typescript/generate/generate.ts');
  const { code } = await foreground(nodePath(), [generator]);
  const shaped = await foreground('biome', ['check', '--write', 'clients'], { cwd: root });
  process.exitCode = code || shaped.code;
}

async function check() {
  const failed = await runSteps([lint, types, consoleTypes, houseRules, unused]);
  await foreground(nodePath(), [join(root, 'test/house/print-sizes.ts')]);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

/** Everything but the tests themselves counts as one more failure each, so that a red run never ends in "0 failed". */
async function test(filters) {
  const failedSteps = await runSteps([lint, types, consoleTypes]);
  // All that the tests put into a temporary folder goes with this one, also when they are interrupted; a PostgreSQL
  // that is left behind exits when its files are removed. Under root it runs as another user, who has to get in.
  const folder = mkdtempSync(join(tmpdir(), 'keyplane-test-'));
  chmodSync(folder, 0o711);
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const ended = await foreground('vitest', ['run', ...reporters, ...filters], {
    cwd: root,
    input: 'ignore',
    variables: { TMPDIR: folder },
  });
  const tally = countTests(report, ended);
  rmSync(folder, { recursive: true, force: true });
  tally.failed += failedSteps.length;
  if (failedSteps.length > 0) process.stdout.write(`Failed before the tests: ${failedSteps.join(', ')}\n`);
  if (tally.passed + tally.failed === 0) {
    process.stdout.write('No test ran.\n');
    tally.failed = 1;
  }
  process.stdout.write(`${tallyLine(tally)}\n`);
  process.exitCode = tally.failed === 0 ? 0 : 1;
  if (ended.signal) endLike(ended);
}
