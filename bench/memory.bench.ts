// Resident memory of a manager and of a node just started, against a bare process that loads Fastify and
// better-sqlite3, listens and opens a database. The limit for the manager is 120 MB.

import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { childEnvironment } from '../src/config.ts';
import { median } from './bench-manager.ts';
import type { BenchRow } from './bench-row.ts';

const rounds = 3;
const mainFile = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const bareFile = fileURLToPath(new URL('./bare-server.ts', import.meta.url));

export async function run(): Promise<BenchRow[]> {
  const manager: number[] = [];
  const node: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
    try {
      manager.push(await residentBytes(mainFile, ['serve', '--port', '0', '--data-dir', join(folder, 'm')]));
      const place = ['--manager', 'http://127.0.0.1:9', '--environment', 'e', '--name', 'n'];
      node.push(
        await residentBytes(mainFile, ['node', ...place, '--port', '0', '--data-dir', join(folder, 'n')]),
      );
      bare.push(await residentBytes(bareFile, [join(folder, 'bare.db')]));
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
    note: 'yardstick: bare Fastify and better-sqlite3; resident; lower is better',
  });
  return [row('manager', median(manager)), row('node', median(node))];
}

/** Once the process says that it is ready. */
async function residentBytes(file: string, args: readonly string[]): Promise<number> {
  const child = fork(file, args, {
    env: childEnvironment({ KEYPLANE_NODE_TOKEN: 'none' }),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  try {
    await Promise.race([once(child, 'message'), failed(child)]);
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(child.pid)]);
    return Number(stdout) * 1024;
  } finally {
    child.kill('SIGKILL');
  }
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`it ended with ${code} before it was ready`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
