// An environment of 10,000 keys: many nodes need all of them at once, then a thousand nodes that have them reconnect at
// once and receive a change. Others create JWKs meanwhile. On both databases.

import { setTimeout } from 'node:timers/promises';
import type { BenchManager } from '../bench-manager.ts';
import { type BenchProcess, startBenchProcess } from '../bench-process.ts';
import type { BenchRow } from '../bench-row.ts';
import type { FillOrder } from '../nodes/filling-manager.ts';
import type { StreamsOrder } from '../nodes/node-streams.ts';
import type { Used } from './counting-manager.ts';
import { creator, heldRow, overDatabases, type Watched, watched } from './over-databases.ts';

const nodes = 1_000;
const keys = 10_000;
/** More nodes than get a snapshot at the same time. */
const inNeed = 100;
/** Longer than the interval of the node pings. */
const idleMs = 6_000;

export function run(): Promise<BenchRow[]> {
  const file = new URL('./counting-manager.ts', import.meta.url);
  return overDatabases(async (manager, database) => {
    const streams = startBenchProcess(new URL('../nodes/node-streams.ts', import.meta.url));
    try {
      return await measure(manager, streams, database);
    } finally {
      await streams.end();
    }
  }, file);
}

async function measure(manager: BenchManager, streams: BenchProcess, database: string): Promise<BenchRow[]> {
  await manager.ask({ fill: keys, sealed: true } satisfies FillOrder);
  await manager.post('/apiops/projects/', { name: 'Beside' });
  await manager.post('/apiops/environments/', { name: 'beside', type: 'TEST', projects: ['Beside'] });
  await manager.post('/apiops/environments/', { name: 'many', type: 'TEST', projects: ['Bench'] });
  const { token } = JSON.parse(
    await manager.post('/apiops/environments/many/enrollment-tokens/', { privateKeys: true }),
  );
  const { url } = manager;
  const connect = (order: Partial<StreamsOrder>) =>
    streams.ask({
      url,
      environment: 'many',
      token,
      count: nodes,
      opens: false,
      ...order,
    } satisfies StreamsOrder);
  const createIn = creator(manager);
  const rows: BenchRow[] = [];
  const step = async (what: string, count: number, work: () => Promise<unknown>) => {
    await manager.ask<Used>('used');
    const seen = await watched(manager, work, () => createIn('Beside'));
    rows.push(heldRow(`${what}, ${database}`, seen, costs(seen, await manager.ask<Used>('used'), count)));
  };
  const [name, among] = [nodes, keys].map((number) => number.toLocaleString('en'));
  await step(`${inNeed} nodes receive ${among} keys at once`, inNeed, () =>
    connect({ count: inNeed, atOnce: inNeed, untilLevel: true }),
  );
  await streams.ask('hang up');
  // Those that were never there before are registered.
  await connect({ comeBack: true });
  await streams.ask('hang up');
  await step(`${name} nodes that have ${among} keys reconnect at once`, nodes, () =>
    connect({ comeBack: true, atOnce: nodes }),
  );
  await step(`a create reaches ${name} nodes`, nodes, () => createIn('Bench'));
  await manager.ask<Used>('used');
  const idle = await watched(manager, () => setTimeout(idleMs));
  rows.push(
    heldRow(
      `${name} nodes are connected for ${idleMs / 1e3} s, ${database}`,
      idle,
      costs(idle, await manager.ask<Used>('used'), nodes),
    ),
  );
  await streams.ask('hang up');
  return rows;
}

/** What was created beside it is counted in, which is little. */
function costs({ ms }: Watched, { statements, cpuMs, moreBytes }: Used, count: number): string {
  const share = Math.round((cpuMs / ms) * 100);
  const memory = `${(moreBytes / 1e6).toFixed(0)} MB more resident`;
  return `; ${(cpuMs / count).toFixed(2)} ms of processor and ${(statements / count).toFixed(2)} statements a node, ${share} % of a core, ${memory}`;
}
