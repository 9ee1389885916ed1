import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ServeProcess, serve } from '../../test/system/support/keyplane-process.ts';
import { freePorts } from '../../test/system/support/ports.ts';
import { password, startWorld, type World } from '../../test/system/support/world.ts';
import { startPostgres } from './postgres-process.ts';

export interface ManagerPair {
  /** With the first of the two. */
  readonly world: World;
  readonly urls: readonly string[];
  /** One node connected at each. */
  readonly nodes: readonly ServeProcess[];
  readonly databaseUrl: string;
  /** Of the first; the second has the same master key. */
  readonly dataDir: string;
  stop(index: number, signal: NodeJS.Signals): Promise<void>;
  start(index: number): Promise<void>;
  close(): Promise<void>;
}

/** Two managers, each in its own process, on one PostgreSQL, and a node at each that knows both. */
export async function startManagerPair(): Promise<ManagerPair> {
  const databaseUrl = await (await startPostgres()).database();
  const world = await startWorld({ KEYPLANE_DATABASE_URL: databaseUrl });
  const dataDir = join(world.folder, 'manager');
  const secondDir = join(world.folder, 'second');
  await mkdir(secondDir, { mode: 0o700 });
  await copyFile(join(dataDir, 'master.key'), join(secondDir, 'master.key'));
  const port = await freePorts(1);
  const settings = {
    KEYPLANE_DATABASE_URL: databaseUrl,
    KEYPLANE_PORT: String(port),
    KEYPLANE_ADMIN_PASSWORD: password,
  };
  let second = await serve(secondDir, settings);
  const urls = [world.url, second.url];
  const nodes = await Promise.all(
    urls.map((url, index) => {
      const other = urls[1 - index] ?? '';
      return world.startNode(`n${index}`, { managerUrl: `${url},${other}` });
    }),
  );
  for (const index of nodes.keys()) await world.connected(`n${index}`);
  return {
    world,
    urls,
    nodes,
    databaseUrl,
    dataDir,
    async stop(index, signal) {
      await (index === 0 ? world.manager : second).stop(signal);
    },
    async start(index) {
      if (index === 0) await world.startManager();
      else second = await serve(secondDir, settings);
    },
    async close() {
      for (const process of [...nodes, world.manager, second]) await process.stop();
    },
  };
}
