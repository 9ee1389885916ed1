import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { childEnvironment } from '../src/config.ts';
import { startBenchProcess } from './bench-process.ts';
import type { LoopDelay, ManagerQuestion } from './measured-manager.ts';

const password = 'only for a moment';

export interface BenchManager {
  readonly url: string;
  /** Of the manager: database, keys. */
  readonly dataDir: string;
  /** Sends as the administrator. @throws Error unless the answer is 200 */
  post(path: string, body: unknown): Promise<string>;
  /** The same by another method. */
  send(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<string>;
  /** Makes another administrator. @returns a token of it */
  tokenOf(username: string): Promise<string>;
  /** Delay of its event loop since the last time this was asked. */
  loopDelay(): Promise<LoopDelay>;
  /** Since the last time this was asked: milliseconds from the commit to the last confirmation of each. */
  deployments(): Promise<readonly number[]>;
  /** Starts it again over its data, for the last time: resident bytes then. */
  memoryAfterRestart(): Promise<number>;
  /** For what the process answers beyond the questions of `measured-manager.ts`. */
  ask<Answer>(question: unknown): Promise<Answer>;
  close(): Promise<void>;
}

export interface BenchManagerOptions {
  /** What runs in the process, in place of `measured-manager.ts`, which it imports. */
  readonly file?: URL;
  readonly databaseUrl?: string;
  /** The name of its project. */
  readonly project?: string;
  /** KEYPLANE_ variables beside those of every bench. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** With an administrator, a project, and the given number of connections. */
export async function startBenchManager(
  connections: number,
  {
    file = new URL('./measured-manager.ts', import.meta.url),
    databaseUrl,
    project = 'Bench',
    settings,
  }: BenchManagerOptions = {},
): Promise<BenchManager> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
  const start = () =>
    startBenchProcess(file, {
      env: childEnvironment({
        KEYPLANE_PORT: '0',
        KEYPLANE_DATA_DIR: dataDir,
        KEYPLANE_ADMIN_PASSWORD: password,
        ...(databaseUrl !== undefined && { KEYPLANE_DATABASE_URL: databaseUrl }),
        ...settings,
      }),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  let manager = start();
  const ask = <Answer>(question: ManagerQuestion) => manager.ask<Answer>(question);
  const url = await manager.hear<string>();
  const token = await signIn(url);
  const pool = new Pool(url, { connections, pipelining: 1 });
  const authorization = `Bearer ${token}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const send = async (method: string, path: string, body?: unknown) => {
    const sent =
      body === undefined ? { headers: { authorization } } : { headers, body: JSON.stringify(body) };
    const answer = await pool.request({ method: method as 'POST', path, ...sent });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}: ${text}`);
    return text;
  };
  const post = (path: string, body: unknown) => send('POST', path, body);
  await post('/apiops/projects/', { name: project });
  return {
    url,
    dataDir,
    post,
    send,
    ask: (question) => manager.ask(question),
    async tokenOf(username) {
      await post('/apiops/users/', { username, password, admin: true });
      return signIn(url, username);
    },
    loopDelay: () => ask('loop delay'),
    deployments: () => ask('deployments'),
    async memoryAfterRestart() {
      await manager.end();
      manager = start();
      await manager.hear();
      return ask('memory');
    },
    async close() {
      await pool.destroy();
      await manager.end();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function signIn(url: string, username = 'admin'): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: username, client_secret: password };
  const answer = await fetch(`${url}/apiops/auth/token`, { method: 'POST', body: new URLSearchParams(form) });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Runs the works in order on the given number of concurrent clients. */
export async function onClients(clients: number, works: readonly (() => Promise<unknown>)[]): Promise<void> {
  const waiting = [...works].reverse();
  const client = async () => {
    for (let work = waiting.pop(); work; work = waiting.pop()) await work();
  };
  await Promise.all(Array.from({ length: clients }, client));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
