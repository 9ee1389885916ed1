// Servers that store keys and do nothing else, as yardsticks of creates: Hydra where its program is in the path, otherwise a
// stand-in of `insert-server.ts`.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Pool } from 'undici';
import { freePort } from '../../test/support/free-port.ts';
import { onClients } from '../bench-manager.ts';
import { startBenchProcess } from '../bench-process.ts';
import { bodyOf, type CreateLoad } from './create-world.ts';
import type { InsertOrder } from './insert-server.ts';

/** For one create. */
export interface Cost {
  readonly cpuMs: number;
  readonly perSecond: number;
}

export interface KeyServer {
  /** For the table. */
  readonly name: string;
  createAll(load: CreateLoad): Promise<Cost>;
  end(): Promise<void>;
}

export interface KeyServerOrder {
  /** The server makes its folder in it. */
  readonly folder: string;
  /** Of an empty database of PostgreSQL; SQLite without it. */
  readonly databaseUrl?: string | undefined;
}

interface KeyRequest {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: string;
}

interface Measured {
  readonly url: string;
  /** Of the whole process. */
  readonly cpuMs: () => Promise<number>;
  readonly requestOf: (key: CreateLoad['key']) => KeyRequest;
}

export function startKeyServer(order: KeyServerOrder): Promise<KeyServer> {
  const { status } = spawnSync('hydra', ['version'], { stdio: 'ignore' });
  return status === 0 ? startHydra(order) : startStandIn(order);
}

export async function startStandIn({ folder, databaseUrl }: KeyServerOrder): Promise<KeyServer> {
  const server = startBenchProcess(new URL('./insert-server.ts', import.meta.url));
  const own = await mkdtemp(join(folder, 'stand-in-'));
  const order: InsertOrder =
    databaseUrl === undefined ? { path: join(own, 'keys.db') } : { url: databaseUrl };
  const url = await server.ask<string>(order);
  return {
    name: 'one insert with a full sync behind node:http',
    createAll: (load) =>
      createAll(load, {
        url,
        cpuMs: () => server.ask<number>('used'),
        requestOf: (key) => ({ method: 'POST', path: '/', body: JSON.stringify(bodyOf(key)) }),
      }),
    end: () => server.end(),
  };
}

async function startHydra({ folder, databaseUrl }: KeyServerOrder): Promise<KeyServer> {
  const own = await mkdtemp(join(folder, 'hydra-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    // As a manager has it: one sync for each commit.
    DSN: databaseUrl ?? `sqlite://${join(own, 'keys.db')}?_fk=true&_journal_mode=WAL&_synchronous=FULL`,
    SECRETS_SYSTEM: 'a secret of this bench alone, of enough bytes',
    SERVE_ADMIN_HOST: '127.0.0.1',
    SERVE_ADMIN_PORT: String(port),
    URLS_SELF_ISSUER: url,
    LOG_LEVEL: 'error',
    SQA_OPT_OUT: 'true',
  };
  const { status, stderr } = spawnSync('hydra', ['migrate', 'sql', '-e', '--yes'], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`hydra migrate: ${stderr}`);
  const child = spawn('hydra', ['serve', 'admin', '--dev'], { env, stdio: 'ignore' });
  await untilReady(`${url}/health/ready`, () => child.exitCode === null);
  let made = 0;
  return {
    name: `Hydra ${hydraVersion()}`,
    createAll: (load) =>
      createAll(load, {
        url,
        cpuMs: () => processorMs(child.pid ?? 0),
        requestOf(key) {
          made += 1;
          const path = `/admin/keys/set-${made}`;
          if (key === 'generated')
            return { method: 'POST', path, body: '{"alg":"ES256","use":"sig","kid":""}' };
          const jwk = JSON.parse(String(bodyOf(key).jwkStr));
          const body = { ...jwk, alg: key === 'rsa' ? 'RS256' : 'ES256', use: 'sig', kid: `kid-${made}` };
          return { method: 'PUT', path: `${path}/${body.kid}`, body: JSON.stringify(body) };
        },
      }),
    async end() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

async function createAll(
  { key, clients, creates }: CreateLoad,
  { url, cpuMs, requestOf }: Measured,
): Promise<Cost> {
  const pool = new Pool(url, { connections: clients, pipelining: 1 });
  const headers = { 'content-type': 'application/json' };
  const works = Array.from({ length: creates }, () => {
    const { method, path, body } = requestOf(key);
    return async () => {
      const answer = await pool.request({ method, path, body, headers });
      const text = await answer.body.text();
      if (answer.statusCode >= 300) throw new Error(`${path} answered ${answer.statusCode}: ${text}`);
    };
  });
  try {
    const before = await cpuMs();
    const startedAt = performance.now();
    await onClients(clients, works);
    const seconds = (performance.now() - startedAt) / 1_000;
    return { cpuMs: ((await cpuMs()) - before) / creates, perSecond: creates / seconds };
  } finally {
    await pool.destroy();
  }
}

async function untilReady(url: string, isRunning: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && isRunning(); attempt += 1) {
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await setTimeout(100);
  }
  throw new Error('Hydra does not start');
}

/** In steps of 10 ms, as proc(5) has it. */
async function processorMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name, which may contain spaces: `utime` and `stime` are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function hydraVersion(): string {
  const { stdout } = spawnSync('hydra', ['version'], { encoding: 'utf8' });
  return /v[\d.]+/.exec(stdout)?.[0] ?? '';
}
