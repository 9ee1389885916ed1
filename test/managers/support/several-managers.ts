// Real managers over one database of a real PostgreSQL, in this process, each with a data directory of its own.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Manager, startManager } from '../../../src/compose/manager.ts';
import { readManagerConfig } from '../../../src/config.ts';
import { type RunningNode, startNode } from '../../../src/node/start-node.ts';
import { type Api, signedIn, silent, until } from '../../support/manager.ts';
import { dropPostgresDatabase, rawPostgres } from '../../support/postgres-databases.ts';
import { createMigratedDatabase } from '../../support/schema-templates.ts';
import { startTcpRelay } from './tcp-relay.ts';

export const adminPassword = 'correct horse battery';

export interface OneOfSeveral {
  readonly url: string;
  readonly manager: Manager;
  /** As the administrator. */
  readonly api: Api;
}

export interface SeveralManagers {
  /** In the order of their start. */
  readonly managers: readonly [OneOfSeveral, OneOfSeveral, ...OneOfSeveral[]];
  /** SQL past all of them. */
  raw(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Joins a node at this address and waits until the first manager lists it as connected. */
  addNode(managerUrl: string, environment: string, name: string): Promise<RunningNode>;
  close(): Promise<void>;
}

export interface SeveralManagersOptions {
  readonly count?: number;
  readonly environments?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  /** No manager ever gets a notification of another. */
  readonly deaf?: boolean;
}

/** With project `MyProject`. */
export async function startManagers(options: SeveralManagersOptions = {}): Promise<SeveralManagers> {
  const { count = 2, environments = ['production'], settings = {}, deaf = false } = options;
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-managers-'));
  const database = await createMigratedDatabase();
  const relay = deaf ? await deafRelay(database) : undefined;
  const masterKey = randomBytes(32).toString('base64');
  const configs = Array.from({ length: count }, (_, index) =>
    readManagerConfig({
      KEYPLANE_PORT: '0',
      KEYPLANE_DATA_DIR: join(folder, `manager-${index}`),
      KEYPLANE_ADMIN_PASSWORD: adminPassword,
      KEYPLANE_MASTER_KEY: masterKey,
      KEYPLANE_DATABASE_URL: relay?.url ?? database,
      ...settings,
    }),
  );
  const started = await Promise.all(configs.map((config) => startManager(config, silent)));
  const managers = await Promise.all(
    started.map(async (manager) => ({
      url: manager.url,
      manager,
      api: await signedIn(manager.url, 'admin', adminPassword),
    })),
  );
  const [first, second, ...others] = managers;
  if (!first || !second) throw new Error('several are at least two');
  const { api } = first;
  await api('POST', '/apiops/projects/', { name: 'MyProject' });
  for (const name of environments)
    await api('POST', '/apiops/environments/', { name, type: 'TEST', environmentSet: true });
  const nodes: RunningNode[] = [];
  return {
    managers: [first, second, ...others],
    raw: (sql) => rawPostgres(database, sql),
    async addNode(managerUrl, environment, name) {
      const made = await api('POST', `/apiops/environments/${environment}/enrollment-tokens/`);
      const node = await startNode({
        managerUrl,
        environment,
        name,
        host: '127.0.0.1',
        port: 0,
        token: made.body.token,
        dataDir: join(folder, 'nodes', name),
        logger: silent,
        version: 'test',
      });
      nodes.push(node);
      await until(() => isConnected(api, environment, name), `node ${name} connects`);
      return node;
    },
    async close() {
      for (const node of nodes) await node.close();
      for (const { manager } of managers) await manager.close();
      await relay?.close();
      await dropPostgresDatabase(database);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function nodesOf(api: Api, environment: string) {
  return (await api('GET', `/apiops/environments/${environment}/nodes/`)).body.resultList as readonly {
    readonly name: string;
    readonly connected: boolean;
    readonly appliedRevision: number;
  }[];
}

export async function isConnected(api: Api, environment: string, name: string): Promise<boolean> {
  return (await nodesOf(api, environment)).some((node) => node.name === name && node.connected);
}

/** The first message of a client to PostgreSQL is not encrypted and has its application name. */
async function deafRelay(database: string): Promise<{ url: string; close(): Promise<void> }> {
  const url = new URL(database);
  const lets = (first: Buffer) => !first.includes('keyplane listen');
  const { port, close } = await startTcpRelay({ port: Number(url.port), lets });
  url.port = String(port);
  return { url: url.href, close };
}
