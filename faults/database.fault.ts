// PostgreSQL is stopped, killed, and cut off under fifty clients that send an Idempotency-Key: what was acknowledged
// is there once, and an answer that was lost with the connection is settled by asking again.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { until } from '../test/support/manager.ts';
import { startTcpProxy, type TcpProxy } from '../test/support/tcp-proxy.ts';
import { kidsOf, startWorld, type World } from '../test/system/support/world.ts';
import type { FaultRow, FaultRun } from './fault-row.ts';
import { inspect, openInstallation } from './support/check-installation.ts';
import { createOn, nothingCreated } from './support/creating-clients.ts';
import { type PostgresProcess, startPostgres } from './support/postgres-process.ts';

export const limitSeconds = 240;

const clients = 50;
const loadMs = 600;
const awayMs = 500;
/** What is under way when the database comes back has the time that the store's own limits give it. */
const settleMs = 60_000;

interface Scene {
  readonly server: PostgresProcess;
  readonly wire: TcpProxy;
  readonly url: string;
}

type Trouble = (scene: Scene) => Promise<void>;

const restart =
  (signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Trouble =>
  async ({ server }) => {
    await server.stop(signal);
    await sleep(awayMs);
    await server.start();
  };

const troubles: Readonly<Record<string, Trouble>> = {
  'stopped and started': restart('SIGINT'),
  'crashed (SIGQUIT)': restart('SIGQUIT'),
  'killed (SIGKILL)': restart('SIGKILL'),
  'ends all connections': async ({ url }) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
    );
    await client.end();
  },
  'network cut': async ({ wire }) => {
    wire.cut();
    await sleep(awayMs);
    wire.heal();
  },
  'connection half open': async ({ wire }) => {
    wire.freeze();
    await sleep(4 * awayMs);
    wire.heal();
  },
};

export async function run(run: FaultRun): Promise<FaultRow[]> {
  const server = await startPostgres();
  const url = await server.database();
  const wire = await startTcpProxy(server.port);
  const through = new URL(url);
  through.port = String(wire.port);
  const world = await startWorld({ KEYPLANE_DATABASE_URL: through.href, KEYPLANE_DEPLOY_TIMEOUT: '1000' });
  const node = await world.startNode('n1');
  await world.connected('n1');
  const rows: FaultRow[] = [];
  const rounds = run.size({ full: 3, quick: 1 });
  for (const [name, trouble] of Object.entries(troubles)) {
    rows.push(await underLoad(world, { name, rounds, bring: () => trouble({ server, wire, url }), url }));
    run.tell(`${name}: ${rows.at(-1)?.figure}`);
  }
  const names = await storedNames(world, url);
  const level = async () => (await kidsOf(node)).length === names.size;
  await until(level, 'the node has all of it', 20_000).catch(() =>
    rows.push({
      scenario: 'PostgreSQL',
      promise: 'the node has all of it',
      figure: '',
      broken: ['it has not'],
    }),
  );
  await wire.close();
  return rows;
}

interface Order {
  readonly name: string;
  readonly rounds: number;
  readonly bring: () => Promise<void>;
  readonly url: string;
}

async function underLoad(world: World, { name, rounds, bring, url }: Order): Promise<FaultRow> {
  const created = nothingCreated();
  const broken: string[] = [];
  let slowestMs = 0;
  for (let round = 0; round < rounds; round += 1) {
    const enough = new AbortController();
    const order = {
      count: clients,
      api: world.api,
      url: world.url,
      settles: true,
      prefix: `${name.replace(/\W+/g, '-')}-${round}`,
    };
    const load = createOn(order, created, enough.signal);
    await sleep(loadMs);
    await bring();
    const before = created.acknowledged.size;
    const startedAt = performance.now();
    await until(() => created.acknowledged.size > before, 'changes are acknowledged again', settleMs).catch(
      (error: Error) => broken.push(error.message),
    );
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    await sleep(loadMs);
    enough.abort();
    await load;
  }
  broken.push(...[...created.refused].map(([what, status]) => `${what} was answered with ${status}`));
  if (created.unanswered.size > 0) broken.push(`${created.unanswered.size} were never settled`);
  const names = await storedNames(world, url, broken);
  broken.push(
    ...[...created.acknowledged].filter((what) => !names.has(what)).map((what) => `${what} is lost`),
  );
  return {
    scenario: `PostgreSQL ${name}`,
    promise:
      'nothing acknowledged is lost, nothing is there twice, every answer that was lost is settled by its key',
    figure: `${rounds} times, ${created.acknowledged.size} acknowledged, ${created.repeated} asked again; acknowledges again after ${(slowestMs / 1000).toFixed(1)} s at the most`,
    broken,
  };
}

async function storedNames(world: World, url: string, broken: string[] = []): Promise<ReadonlySet<string>> {
  const dataDir = join(world.folder, 'manager');
  const store = await openInstallation(dataDir, url);
  const found = await inspect(store, dataDir);
  await store.close();
  broken.push(...found.broken);
  return found.names;
}
