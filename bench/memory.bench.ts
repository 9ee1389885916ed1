// Resident memory of a manager and of a node at rest: 20 s after each is ready, nothing connected, SQLite. The
// release is started as an installed one is, the checkout as the runner starts it. Beside them a bare process that loads Fastify
// and better-sqlite3, listens and opens a database.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { childEnvironment } from '../src/config.ts';
import { enrollmentTokenText } from '../src/protocol/enrollment-token.ts';
import { median } from './bench-manager.ts';
import type { BenchRow } from './bench-row.ts';

const rounds = 3;
const restMs = 20_000;
const limits = { manager: 100e6, node: 70e6 } as const;
/** Of no installation: no manager is there to join. */
const token = enrollmentTokenText(randomBytes(32), randomBytes(32).toString('base64url'));
const root = fileURLToPath(new URL('..', import.meta.url));
const runner = join(root, 'scripts/run.mjs');
const bareFile = join(root, 'bench/bare-server.mjs');
const execute = promisify(execFile);

export async function run(): Promise<BenchRow[]> {
  const release = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
  try {
    const released = [await installRelease(release)];
    const checkout = [runner, 'cli'];
    const measured: Readings[] = [];
    for (let round = 0; round < rounds; round += 1) measured.push(await readings(released, checkout));
    const of = (kind: keyof Readings) => median(measured.map((reading) => reading[kind]));
    const bare = of('bare');
    return [
      limited('manager', of('manager'), bare),
      limited('node', of('node'), bare),
      besideBare('manager', of('checkoutManager'), bare),
      besideBare('node', of('checkoutNode'), bare),
    ];
  } finally {
    await rm(release, { recursive: true, force: true });
  }
}

/** Bytes. */
interface Readings {
  readonly manager: number;
  readonly node: number;
  readonly checkoutManager: number;
  readonly checkoutNode: number;
  readonly bare: number;
}

function limited(role: keyof typeof limits, bytes: number, bare: number): BenchRow {
  return {
    name: `Memory of a ${role} at rest`,
    ours: megabytes(bytes),
    yardstick: megabytes(limits[role]),
    ratio: bytes / limits[role],
    goal: { atMost: 1 },
    note: `resident; the yardstick is the limit; bare Fastify and better-sqlite3 ${megabytes(bare)}`,
  };
}

function besideBare(role: string, bytes: number, bare: number): BenchRow {
  return {
    name: `Memory of a ${role} of a checkout at rest`,
    ours: megabytes(bytes),
    yardstick: megabytes(bare),
    ratio: bytes / bare,
    note: 'resident; beside bare Fastify and better-sqlite3',
  };
}

/** Builds the release and puts it where no sources are. @returns the file of the command */
async function installRelease(folder: string): Promise<string> {
  await execute(process.execPath, [runner, 'release']);
  const command = join(folder, 'scripts/keyplane.mjs');
  await mkdir(join(folder, 'scripts'));
  await copyFile(join(root, 'scripts/keyplane.mjs'), command);
  for (const part of ['dist', 'node_modules']) await symlink(join(root, part), join(folder, part));
  return command;
}

async function readings(released: readonly string[], checkout: readonly string[]): Promise<Readings> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
  const manager = (data: string) => ['serve', '--port', '0', '--data-dir', join(folder, data)];
  const place = ['--manager', 'http://127.0.0.1:9', '--environment', 'e', '--name', 'n', '--port', '0'];
  const node = (data: string) => ['node', ...place, '--data-dir', join(folder, data)];
  try {
    const bytes = await Promise.all([
      residentBytes([...released, ...manager('m')]),
      residentBytes([...released, ...node('n')]),
      residentBytes([...checkout, ...manager('cm')]),
      residentBytes([...checkout, ...node('cn')]),
      residentBytes([bareFile, join(folder, 'bare.db')]),
    ]);
    const [ofManager, ofNode, checkoutManager, checkoutNode, bare] = bytes;
    return { manager: ofManager, node: ofNode, checkoutManager, checkoutNode, bare };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of the process, or of the one that it started, at rest. */
async function residentBytes(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, {
    env: childEnvironment({ KEYPLANE_NODE_TOKEN: token }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await ready(child);
    await sleep(restMs);
    const { stdout } = await execute('ps', ['-A', '-o', 'pid=,ppid=,rss=']);
    const processes = stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/ +/).map(Number));
    const own =
      processes.find(([, parent]) => parent === child.pid) ?? processes.find(([pid]) => pid === child.pid);
    return (own?.[2] ?? Number.NaN) * 1024;
  } finally {
    child.kill();
    await ended;
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (/ready/.test(said)) resolve();
    });
    child.once('exit', () => reject(new Error(`it ended before it was ready: ${said}`)));
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
