// What a create costs, by its parts, and how many creates there are in a second: against a stand-in of a server that stores
// keys and does nothing else, one insert that waits for the disk behind `node:http`. In turns, medians. Processor time,
// so that other load on the machine does not count.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../bench-manager.ts';
import { type BenchProcess, startBenchProcess } from '../bench-process.ts';
import type { BenchRow, Goal } from '../bench-row.ts';
import { withPostgres } from '../support/with-postgres.ts';
import { type CreateLoad, type CreateWorld, createWorld } from './create-world.ts';
import { type Cost, insertAll } from './insert-client.ts';
import type { InsertOrder } from './insert-server.ts';
import { type CreatePart, createParts, partsOf } from './profile-parts.ts';

const rounds = 5;
const clientCounts = [1, 16] as const;
const standIn = 'one insert with a full sync behind node:http';
/** As in docs/performance.md: of the processor time of the stand-in. */
const budgets: Readonly<Record<CreatePart, number>> = {
  'HTTP and validation': 2,
  access: 0.2,
  soundness: 0.8,
  sealing: 1,
  SQL: 5,
  'fan-out': 3,
  rules: 0.6,
  runtime: 4,
};

export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-creates-'));
  try {
    const rows = await over('SQLite', { path: join(folder, 'stand-in.db') });
    const others = await withPostgres(({ url }) => over('PostgreSQL', { url }, url));
    return [...rows, ...others];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function over(name: string, order: InsertOrder, databaseUrl?: string): Promise<BenchRow[]> {
  const world = await createWorld({ nodes: 1, clients: 16, databaseUrl });
  const server = startBenchProcess(new URL('./insert-server.ts', import.meta.url));
  try {
    const url = await server.ask<string>(order);
    const rows: BenchRow[] = [];
    for (const key of ['pasted', 'rsa'] as const) {
      for (const clients of clientCounts) {
        rows.push(...(await compare({ name, world, server, url }, { key, clients, creates: 200 })));
      }
    }
    return rows;
  } finally {
    await server.end();
    await world.close();
  }
}

interface Compared {
  readonly name: string;
  readonly world: CreateWorld;
  readonly server: BenchProcess;
  readonly url: string;
}

async function compare({ name, world, server, url }: Compared, load: CreateLoad): Promise<BenchRow[]> {
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  await world.create(load);
  await insertAll(server, url, load);
  for (let round = 0; round < rounds; round += 1) {
    const { managerMs, nodeMs, perSecond } = await world.create(load);
    ours.push({ cpuMs: managerMs + nodeMs, perSecond });
    theirs.push(await insertAll(server, url, load));
  }
  const what = `Create JWK, ${load.key === 'rsa' ? 'pasted private RSA 2048' : 'pasted P-256'}, ${name}, ${load.clients} ${load.clients === 1 ? 'client' : 'clients'}`;
  const [rate, theirRate] = [median(ours.map(rateOf)), median(theirs.map(rateOf))];
  const [cpuMs, theirCpuMs] = [median(ours.map(cpuOf)), median(theirs.map(cpuOf))];
  const rows: BenchRow[] = [
    {
      name: what,
      ours: `${rate.toFixed(0)} /s`,
      yardstick: `${theirRate.toFixed(0)} /s (${standIn})`,
      ratio: rate / theirRate,
      goal: goalOf(name, load),
    },
    {
      name: `${what}: processor time of manager and node`,
      ours: `${cpuMs.toFixed(2)} ms`,
      yardstick: `${theirCpuMs.toFixed(2)} ms (${standIn})`,
      ratio: cpuMs / theirCpuMs,
    },
  ];
  if (name === 'SQLite' && load.key === 'pasted' && load.clients === 16) {
    rows.push(...(await partRows(world, load, theirCpuMs)));
  }
  return rows;
}

const rateOf = ({ perSecond }: Cost) => perSecond;
const cpuOf = ({ cpuMs }: Cost) => cpuMs;

function goalOf(name: string, { clients }: CreateLoad): Goal {
  if (name === 'PostgreSQL') return { atLeast: clients === 1 ? 0.5 : 1.2 };
  return { atLeast: clients === 1 ? 0.5 : 1 };
}

async function partRows(world: CreateWorld, load: CreateLoad, yardstickMs: number): Promise<BenchRow[]> {
  const { managerMs, nodeMs } = await world.create(load);
  const { shares } = partsOf(await world.profile(load));
  const row = (name: string, ms: number, atMost: number): BenchRow => ({
    name: `Create JWK, pasted P-256, processor time by part: ${name}`,
    ours: `${ms.toFixed(2)} ms`,
    yardstick: `${yardstickMs.toFixed(2)} ms (${standIn})`,
    ratio: ms / yardstickMs,
    goal: { atMost },
  });
  return [
    ...createParts.map((part) => row(part, (shares.get(part) ?? 0) * managerMs, budgets[part])),
    row('node', nodeMs, 5),
  ];
}
