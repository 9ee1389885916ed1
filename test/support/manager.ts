// A real manager on a real port with real nodes, for tests that look at keyplane from outside.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { type Manager, startManager } from '../../src/compose/manager.ts';
import { type ManagerConfig, readManagerConfig } from '../../src/config.ts';
import type { KubernetesSignerOptions } from '../../src/node/kubernetes-signer/start-kubernetes-signer.ts';
import type { OperationsOptions } from '../../src/node/operations/start-operations.ts';
import { type NodeOptions, type RunningNode, startNode } from '../../src/node/start-node.ts';
import { rawSqlite } from './databases.ts';
import { dropPostgresDatabase, rawPostgres } from './postgres-databases.ts';
import { createDatabase } from './schema-templates.ts';

export const silent: Logger = pino({ level: 'silent' });
const adminPassword = 'correct horse battery';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly body: any;
  readonly headers: Headers;
}

export interface Api {
  (method: string, path: string, body?: unknown): Promise<Answer>;
  readonly token: string;
}

export interface TestManager {
  readonly url: string;
  readonly dataDir: string;
  readonly config: ManagerConfig;
  /** SQL past the manager, over the database that this run of the test file is for. */
  raw(sql: string): Promise<readonly Record<string, unknown>[]>;
  readonly manager: Manager;
  /** As the administrator. */
  readonly api: Api;
  /** The same API for another user, who is made with these roles in this project. */
  as(username: string, member?: { project: string; roles: readonly string[] }): Promise<Api>;
  /** Joins a node to an environment and waits until it is connected. */
  addNode(
    environment: string,
    name: string,
    options?: {
      publishDir?: string;
      outletDir?: string;
      privateKeys?: boolean;
      serveLimitMs?: number;
      ephemeral?: boolean;
      operations?: OperationsOptions;
      kubernetesSigner?: KubernetesSignerOptions;
      timing?: NonNullable<NodeOptions['timing']>;
    },
  ): Promise<RunningNode>;
  /** One more manager over the same database, which the test closes. */
  addManager(): Promise<Manager>;
  /** Ends the manager and starts it again over the same data, on the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface TestManagerOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** Made before the first test; each reached by every project. */
  readonly environments?: readonly string[];
  readonly projects?: readonly string[];
  readonly log?: Logger;
}

/** `settings` are environment variables; host, port 0, data directory and password are set already. */
export async function startTestManager(options: TestManagerOptions = {}): Promise<TestManager> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyplane-test-'));
  const databaseUrl = await createDatabase(join(dataDir, 'manager'));
  const settings: Record<string, string> = {
    ...(databaseUrl !== undefined && { KEYPLANE_DATABASE_URL: databaseUrl }),
    KEYPLANE_PORT: '0',
    KEYPLANE_DATA_DIR: join(dataDir, 'manager'),
    KEYPLANE_ADMIN_PASSWORD: adminPassword,
    ...options.settings,
  };
  const config: ManagerConfig = readManagerConfig(settings);
  const log = options.log ?? silent;
  let manager = await startManager(config, log);
  const { port, url } = manager;
  const nodes: RunningNode[] = [];
  const api = await signedIn(url, 'admin', adminPassword);
  for (const name of options.projects ?? ['MyProject'])
    await made(api('POST', '/apiops/projects/', { name }));
  for (const name of options.environments ?? []) {
    await made(api('POST', '/apiops/environments/', { name, type: 'TEST', environmentSet: true }));
  }
  return {
    url,
    dataDir,
    config,
    api,
    raw: (sql) =>
      databaseUrl === undefined
        ? rawSqlite(join(config.dataDir, 'keyplane.db'), sql)
        : rawPostgres(databaseUrl, sql),
    get manager() {
      return manager;
    },
    async as(username, member) {
      const password = `password of ${username}`;
      await made(api('POST', '/apiops/users/', { username, password }));
      if (member) {
        const path = `/apiops/projects/${member.project}/members/${username}/`;
        await made(api('PUT', path, { roles: member.roles }));
      }
      return signedIn(url, username, password);
    },
    async addNode(environment, name, { privateKeys = true, ...options } = {}) {
      const made = await api('POST', `/apiops/environments/${environment}/enrollment-tokens/`, {
        privateKeys,
      });
      const node = await startNode({
        managerUrl: url,
        environment,
        name,
        host: '127.0.0.1',
        port: 0,
        dataDir: join(dataDir, 'nodes', name),
        ...options,
        token: made.body.token,
        logger: log,
        version: 'test',
      });
      nodes.push(node);
      await until(async () => {
        const { body } = await api('GET', `/apiops/environments/${environment}/nodes/`);
        const nodesNow: { name: string; connected: boolean }[] = body.resultList;
        return nodesNow.some((seen) => seen.name === name && seen.connected);
      }, `node ${name} connects`);
      return node;
    },
    addManager: () => startManager({ ...config, port: 0 }, log),
    async restart() {
      await manager.close();
      manager = await startManager({ ...config, port }, log);
    },
    async close() {
      for (const node of nodes) await node.close();
      await manager.close();
      if (databaseUrl !== undefined) await dropPostgresDatabase(databaseUrl);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const shortestPauseMs = 10;
const longestPauseMs = 50;

/**
 * Looks until it is so: the world moves by itself, and a test must not guess how fast. It looks less often the longer it takes:
 * most of what is looked at asks a manager, which has the same processors.
 */
export async function until(
  holds: () => Promise<boolean> | boolean,
  what: string,
  withinMs = 60_000,
): Promise<void> {
  const startedAt = performance.now();
  while (!(await holds())) {
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > withinMs) throw new Error(`It did not happen within ${withinMs} ms: ${what}`);
    const pauseMs = Math.min(longestPauseMs, Math.max(shortestPauseMs, waitedMs / 20));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

export async function signedIn(url: string, username: string, password: string): Promise<Api> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: username,
    client_secret: password,
  });
  const answer = await fetch(`${url}/apiops/auth/token`, { method: 'POST', body: form });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return apiOf(url, token);
}

export function apiOf(url: string, token: string, more: Readonly<Record<string, string>> = {}): Api {
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const form = body instanceof FormData;
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...more,
        authorization: `Bearer ${token}`,
        ...(body !== undefined && !form && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: form || typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
    return { status: answer.status, body: json, headers: answer.headers };
  };
  return Object.assign(call, { token });
}

async function made(answer: Promise<Answer>): Promise<void> {
  const { status, body } = await answer;
  if (status !== 200) throw new Error(`not made: ${status} ${JSON.stringify(body)}`);
}
