// Resident memory of a manager and of a node just started, as the runner starts them, against a bare process that
// loads Fastify and better-sqlite3, listens and opens a database. The limit for the manager is 120 MB.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { childEnvironment } from '../src/config.ts';
import { enrollmentTokenText } from '../src/protocol/enrollment-token.ts';
import { median } from './bench-manager.ts';
import type { BenchRow } from './bench-row.ts';

const rounds = 3;
/** Of no installation: no manager is there to join. */
const token = enrollmentTokenText(randomBytes(32), randomBytes(32).toString('base64url'));
const runner = fileURLToPath(new URL('../scripts/run.mjs', import.meta.url));
const bareFile = fileURLToPath(new URL('./bare-server.mjs', import.meta.url));

export async function run(): Promise<BenchRow[]> {
  const manager: number[] = [];
  const node: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
    try {
      manager.push(
        await residentBytes([runner, 'cli', 'serve', '--port', '0', '--data-dir', join(folder, 'm')]),
      );
      const place = ['--manager', 'http://127.0.0.1:9', '--environment', 'e', '--name', 'n', '--port', '0'];
      node.push(await residentBytes([runner, 'cli', 'node', ...place, '--data-dir', join(folder, 'n')]));
      bare.push(await residentBytes([bareFile, join(folder, 'bare.db')]));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const yardstick = median(bare);
  const row = (name: string, bytes: number): BenchRow => ({
    name: `Memory of a ${name}, just started`,
    ours: megabytes(bytes),
    yardstick: megabytes(yardstick),
    ratio: bytes / yardstick,
    goal: { atMost: 1.5 },
    note: 'yardstick: bare Fastify and better-sqlite3; resident',
  });
  return [row('manager', median(manager)), row('node', median(node))];
}

/** Of the process, or of the one that it started, once that says that it is ready. */
async function residentBytes(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, {
    env: childEnvironment({ KEYPLANE_NODE_TOKEN: token }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await ready(child);
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss=']);
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
