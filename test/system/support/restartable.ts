// Managers and nodes that are killed and come back: each keeps its data directory and its ports, so that the others find it
// again.

import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Answer, apiOf } from '../../support/manager.ts';
import { eventually } from './eventually.ts';
import { type ServeProcess, serve } from './keyplane-process.ts';
import { freePorts } from './ports.ts';
import { type ManagerStart, password, startWorld, type World } from './world.ts';

export interface Restartable {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  kill(): Promise<void>;
  start(how?: ManagerStart): Promise<void>;
}

export interface RestartableNode extends Restartable {
  readonly operationsUrl: string;
}

export interface KilledWorld {
  readonly world: World;
  readonly managers: readonly Restartable[];
  readonly nodes: readonly RestartableNode[];
  /** Asks any manager until one has settled it; what was answered without being read is answered again. */
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  connected(node: string): Promise<void>;
}

export interface KilledWorldOptions {
  readonly settings: Readonly<Record<string, string>>;
  readonly nodeNames: readonly string[];
  /** Two managers share this PostgreSQL; left out: one manager over SQLite. */
  readonly databaseUrl?: string | undefined;
  /** The address of the managers that a node is started with, where it is not theirs. */
  readonly managerUrlOf?: (node: string, urls: readonly string[]) => Promise<string>;
}

export async function startKilledWorld(options: KilledWorldOptions): Promise<KilledWorld> {
  const { databaseUrl, nodeNames, managerUrlOf } = options;
  const settings = {
    ...options.settings,
    ...(databaseUrl !== undefined && { KEYPLANE_DATABASE_URL: databaseUrl }),
  };
  const world = await startWorld(settings);
  const managers: Restartable[] = [
    {
      name: 'm1',
      url: world.url,
      get pid() {
        return world.manager.pid;
      },
      kill: async () => void (await world.manager.stop('SIGKILL')),
      start: (how) => world.startManager(how),
    },
  ];
  if (databaseUrl !== undefined) managers.push(await secondManager(world, settings));
  const urls = managers.map(({ url }) => url);
  const nodes = await Promise.all(
    nodeNames.map(async (name) => {
      const managerUrl = (await managerUrlOf?.(name, urls)) ?? urls.join(',');
      return startRestartableNode(world, name, managerUrl);
    }),
  );
  const ask = askerOf(urls, world.api.token);
  const killed = { world, managers, nodes, ask, connected: connectedBy(ask) };
  for (const name of nodeNames) await killed.connected(name);
  return killed;
}

async function secondManager(world: World, settings: Readonly<Record<string, string>>): Promise<Restartable> {
  const dataDir = join(world.folder, 'second');
  await mkdir(dataDir, { mode: 0o700 });
  await copyFile(join(world.folder, 'manager', 'master.key'), join(dataDir, 'master.key'));
  const port = await freePorts(1);
  const own = { ...settings, KEYPLANE_PORT: String(port), KEYPLANE_ADMIN_PASSWORD: password };
  const start = ({ settings: more = {}, preload = [] }: ManagerStart = {}) =>
    serve(dataDir, { ...own, ...more }, preload);
  return restartable('m2', await start(), start);
}

async function startRestartableNode(
  world: World,
  name: string,
  managerUrl: string,
): Promise<RestartableNode> {
  const port = await freePorts(2);
  const start = (how: ManagerStart = {}) =>
    world.startNode(name, { managerUrl, port, operationsPort: port + 1, ...how });
  const node = restartable(name, await start(), start);
  return Object.assign(node, { operationsUrl: `http://127.0.0.1:${port + 1}` });
}

function restartable(
  name: string,
  first: ServeProcess,
  start: (how?: ManagerStart) => Promise<ServeProcess>,
): Restartable {
  const { url } = first;
  let running = first;
  return {
    name,
    url,
    get pid() {
      return running.pid;
    },
    kill: async () => void (await running.stop('SIGKILL')),
    start: async (how) => {
      running = await start(how);
    },
  };
}

let asked = 0;

function askerOf(urls: readonly string[], token: string): KilledWorld['ask'] {
  return async (method, path, body) => {
    asked += 1;
    const once = method === 'GET' ? {} : { 'idempotency-key': `asked-${asked}` };
    let settled: Answer | undefined;
    await eventually(async () => {
      for (const url of urls) {
        settled = await apiOf(url, token, once)(method, path, body).catch(() => undefined);
        if (settled !== undefined && settled.status < 500 && !isUnderWay(settled)) return true;
      }
      return false;
    }, `an answer to ${method} ${path}`);
    if (settled === undefined) throw new Error(`${method} ${path} has no answer`);
    return settled;
  };
}

/** The manager that was asked first may have died over it; another waits until that is known. */
function isUnderWay({ status, body }: Answer): boolean {
  return status === 409 && body.reason === 'CONFLICT';
}

function connectedBy(ask: KilledWorld['ask']): KilledWorld['connected'] {
  return (node) =>
    eventually(async () => {
      const { body } = await ask('GET', '/apiops/environments/production/nodes/');
      return body.resultList.some(
        (seen: { name: string; connected: boolean }) => seen.name === node && seen.connected,
      );
    }, `node ${node} connects`);
}
