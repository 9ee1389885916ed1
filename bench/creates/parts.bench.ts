// How many creates there are in a second, against Hydra where its program is in the path, otherwise against a stand-in: one
// insert that waits for the disk behind `node:http`. In turns, medians, after a thousand creates. And the processor time of a
// create by its parts, against that of the stand-in, so that other load on the machine does not count.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../bench-manager.ts';
import type { BenchRow, Goal } from '../bench-row.ts';
import { makeDatabase, withPostgres } from '../support/with-postgres.ts';
import { type CreateLoad, type CreateWorld, createWorld } from './create-world.ts';
import { type Cost, type KeyServer, startKeyServer, startStandIn } from './key-servers.ts';
import { type CreatePart, createParts, partsOf } from './profile-parts.ts';

const rounds = 5;
const clientCounts = [1, 16] as const;
/** A manager runs for months: most of what it executes was compiled long ago. */
const warmUp = { key: 'pasted', clients: 16, creates: 1_000 } as const;
/** As in docs/performance.md: of the processor time of the stand-in. */
const budgets: Readonly<Record<CreatePart, number>> = {
  'HTTP and validation': 1.5,
  access: 0.1,
  soundness: 0.7,
  sealing: 0.7,
  SQL: 3,
  'fan-out': 1,
  rules: 0.6,
  runtime: 3.5,
};

export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-creates-'));
  try {
    const rows = await over('SQLite', folder);
    const others = await withPostgres(async ({ url }) =>
      over('PostgreSQL', folder, { url, theirs: await makeDatabase(url, 'yardstick') }),
    );
    return [...rows, ...others, ...(await overItsParts(folder))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function over(
  name: string,
  folder: string,
  databases?: { readonly url: string; readonly theirs: string },
): Promise<BenchRow[]> {
  const world = await createWorld({ nodes: 1, clients: 16, databaseUrl: databases?.url });
  const server = await startKeyServer({ folder, databaseUrl: databases?.theirs });
  try {
    const rows: BenchRow[] = [];
    await world.create(warmUp);
    for (const key of ['pasted', 'rsa'] as const) {
      for (const clients of clientCounts) {
        rows.push(...(await compare({ name, world, server }, { key, clients, creates: 200 })));
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
  readonly server: KeyServer;
}

async function compare({ name, world, server }: Compared, load: CreateLoad): Promise<BenchRow[]> {
  const { ours, theirs } = await costs(world, server, load);
  const what = `Create JWK, ${load.key === 'rsa' ? 'pasted private RSA 2048' : 'pasted P-256'}, ${name}, ${load.clients} ${load.clients === 1 ? 'client' : 'clients'}`;
  return [
    {
      name: what,
      ours: `${ours.perSecond.toFixed(0)} /s`,
      yardstick: `${theirs.perSecond.toFixed(0)} /s (${server.name})`,
      ratio: ours.perSecond / theirs.perSecond,
      goal: goalOf(name, load),
    },
    {
      name: `${what}: processor time of manager and node`,
      ours: `${ours.cpuMs.toFixed(2)} ms`,
      yardstick: `${theirs.cpuMs.toFixed(2)} ms (${server.name})`,
      ratio: ours.cpuMs / theirs.cpuMs,
    },
  ];
}

/** Medians. */
async function costs(
  world: CreateWorld,
  server: KeyServer,
  load: CreateLoad,
): Promise<{ readonly ours: Cost; readonly theirs: Cost }> {
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  await world.create(load);
  await server.createAll(load);
  for (let round = 0; round < rounds; round += 1) {
    const { managerMs, nodeMs, perSecond } = await world.create(load);
    ours.push({ cpuMs: managerMs + nodeMs, perSecond });
    theirs.push(await server.createAll(load));
  }
  return { ours: medianOf(ours), theirs: medianOf(theirs) };
}

function medianOf(all: readonly Cost[]): Cost {
  return {
    cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
    perSecond: median(all.map(({ perSecond }) => perSecond)),
  };
}

function goalOf(name: string, { clients }: CreateLoad): Goal {
  if (name === 'PostgreSQL') return { atLeast: clients === 1 ? 0.5 : 1.2 };
  return { atLeast: clients === 1 ? 0.5 : 1 };
}

/** Of a pasted P-256 key on SQLite, 16 clients. */
async function overItsParts(folder: string): Promise<BenchRow[]> {
  const load: CreateLoad = { key: 'pasted', clients: 16, creates: 200 };
  const world = await createWorld({ nodes: 1, clients: load.clients });
  const server = await startStandIn({ folder });
  try {
    await world.create(warmUp);
    const { cpuMs } = (await costs(world, server, load)).theirs;
    const { managerMs, nodeMs } = await world.create(load);
    const { shares } = partsOf(await world.profile(load));
    const row = (name: string, ms: number, atMost: number): BenchRow => ({
      name: `Create JWK, pasted P-256, processor time by part: ${name}`,
      ours: `${ms.toFixed(2)} ms`,
      yardstick: `${cpuMs.toFixed(2)} ms (${server.name})`,
      ratio: ms / cpuMs,
      goal: { atMost },
    });
    return [
      ...createParts.map((part) => row(part, (shares.get(part) ?? 0) * managerMs, budgets[part])),
      row('node', nodeMs, 2.5),
    ];
  } finally {
    await server.end();
    await world.close();
  }
}
