// What another process of the same machine can read from keyplane's processes.

import { spawn } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { endAllProcesses, keyplane } from './support/keyplane-process.ts';
import { freePorts } from './support/ports.ts';
import { removeTemporaryFolders, temporaryFolder } from './support/temporary-folder.ts';

/** It is plain JavaScript, so its types are declared here. */
const { nodePath, runtime } = (await import(new URL('../../scripts/places.mjs', import.meta.url).href)) as {
  readonly nodePath: () => string;
  readonly runtime: { readonly args: string[] };
};

const installedCommand = fileURLToPath(new URL('../../scripts/keyplane.mjs', import.meta.url));

afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

test('serve warns on stderr of a password on the command line', async () => {
  const args = ['serve', '--port', '0', '--data-dir', await temporaryFolder()];
  const running = keyplane([...args, '--admin-password', 'correct horse']);
  await running.says(/keyplane is ready/);
  expect(running.stderr()).toMatch(/^keyplane: warning: --admin-password can be read in the process list/);
  expect(running.stderr()).not.toContain('correct horse');
});

test('SIGUSR1 opens no inspector in a process that npm starts', async () => {
  const script =
    "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); process.stdout.write('up')";
  const child = spawn(nodePath(), [...runtime.args, '--eval', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGUSR1');
  child.kill('SIGTERM');
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(7);
  expect(stderr).not.toMatch(/Debugger/);
});

test('SIGUSR1 opens no inspector in a node of the quickstart', async () => {
  const dataDir = join(await temporaryFolder(), 'data');
  const port = await freePorts(5);
  const running = keyplane(['quickstart', '--data-dir', dataDir, '--port', String(port)], { channel: true });
  await running.says(/Ctrl\+C/);
  const lock = await readlink(join(dataDir, 'nodes/production-1/node.lock'));
  const pid = Number.parseInt(lock, 10);
  process.kill(pid, 'SIGUSR1');
  await eventually(async () => (await fetch(`http://127.0.0.1:${port + 1}/healthz`)).ok, 'the node answers');
  expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).toContain('--disable-sigusr1');
  expect(await readFile(join(dataDir, 'quickstart.log'), 'utf8')).not.toMatch(/Debugger listening/);
});

test('a manager of the installed command has its flags, also where the operator sets up malloc', async () => {
  const args = ['serve', '--port', '0', '--data-dir', await temporaryFolder()];
  const running = keyplane(args, { main: installedCommand, settings: { MALLOC_ARENA_MAX: '3' } });
  await running.says(/keyplane is ready/);
  const read = (file: string) => readFile(`/proc/${running.pid}/${file}`, 'utf8');
  expect((await read('cmdline')).split('\0')).toEqual(
    expect.arrayContaining(['--disable-sigusr1', '--max-semi-space-size=16']),
  );
  expect((await read('environ')).split('\0')).toEqual(
    expect.arrayContaining(['MALLOC_ARENA_MAX=3', 'MALLOC_TOP_PAD_=0']),
  );
});
