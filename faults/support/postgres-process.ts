// A PostgreSQL of our own that can be stopped, killed and started again on its port. Its commits are forced to the
// disk: a server that is killed must find them again.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../test/support/free-port.ts';
import { launchPostgres, makeCluster, urlOf } from '../../test/support/postgres-server.ts';

export interface PostgresProcess {
  /** Of a new, empty database each time. */
  database(): Promise<string>;
  readonly port: number;
  /** SIGTERM waits for clients, SIGINT disconnects them, SIGQUIT and SIGKILL are crashes. */
  stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  start(): Promise<void>;
}

const running: (() => Promise<void>)[] = [];

export async function startPostgres(): Promise<PostgresProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-faults-postgres-'));
  const cluster = makeCluster(folder);
  const port = await freePort();
  let server: ChildProcess | undefined;
  let databases = 0;

  async function stop(signal: NodeJS.Signals): Promise<void> {
    const child = server;
    if (child === undefined) return;
    server = undefined;
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    // It was made not to hold the process that started it; now that one waits for it.
    child.ref();
    child.kill(signal);
    await ended;
  }

  running.push(async () => {
    await stop('SIGQUIT');
    await rm(folder, { recursive: true, force: true });
  });
  const process: PostgresProcess = {
    port,
    stop,
    async start() {
      // After a kill the server's own children take a moment to end; until then no other one starts.
      for (let triesLeft = 20; server === undefined; triesLeft -= 1) {
        server = await launchPostgres(cluster, { port, fsync: 'on' }).catch((error: unknown) => {
          if (triesLeft === 0) throw error;
          return undefined;
        });
        if (server === undefined) await sleep(300);
      }
    },
    async database() {
      databases += 1;
      const name = `fault_${databases}`;
      const client = new pg.Client({ connectionString: urlOf(port) });
      await client.connect();
      await client.query(`create database ${name} template template0`);
      await client.end();
      return urlOf(port).replace(/postgres$/, name);
    },
  };
  await process.start();
  return process;
}

export async function stopAllPostgres(): Promise<void> {
  for (const end of running.splice(0)) await end();
}
