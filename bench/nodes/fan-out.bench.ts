// From a create that is committed to the last of its nodes' confirmations, for 10, 100 and 1,000 nodes on one manager,
// against a bare `ws` server that sends the same bytes to as many clients and counts their answers. Nodes are
// simulated, all in one process; the yardstick's clients are the same code in a process like it.

import { generateKeyPairSync } from 'node:crypto';
import { type BenchManager, median, startBenchManager } from '../bench-manager.ts';
import { type BenchProcess, startBenchProcess } from '../bench-process.ts';
import type { BenchRow } from '../bench-row.ts';
import type { LastState, StreamsOrder } from './node-streams.ts';
import type { BroadcastOrder } from './ws-broadcast.ts';

const loads = [
  { nodes: 10, rounds: 61 },
  { nodes: 100, rounds: 41 },
  { nodes: 1_000, rounds: 21 },
];
const warmUpRounds = 6;

export async function run(): Promise<BenchRow[]> {
  const manager = await startBenchManager(1);
  const processes: BenchProcess[] = [];
  try {
    const rows: BenchRow[] = [];
    for (const load of loads) rows.push(await measure(manager, load, processes));
    return rows;
  } finally {
    for (const one of processes) await one.end();
    await manager.close();
  }
}

async function measure(
  manager: BenchManager,
  { nodes, rounds }: (typeof loads)[number],
  processes: BenchProcess[],
): Promise<BenchRow> {
  const start = (file: string) => {
    const started = startBenchProcess(new URL(file, import.meta.url));
    processes.push(started);
    return started;
  };
  const environment = `with-${nodes}`;
  const project = await startEnvironment(manager, environment);
  const made = await manager.post(`/apiops/environments/${environment}/enrollment-tokens/`, {
    privateKeys: true,
  });
  const streams = start('./node-streams.ts');
  const connect = (url: string, token: string | undefined): StreamsOrder => ({
    url,
    environment,
    token,
    count: nodes,
    opens: token !== undefined,
  });
  await streams.ask(connect(manager.url, JSON.parse(made).token));

  const bare = start('./ws-broadcast.ts');
  const bareUrl = await bare.hear<string>();
  const clients = start('./node-streams.ts');
  await clients.ask(connect(bareUrl, undefined));

  const times = { ours: [] as number[], bare: [] as number[] };
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    await create(manager, project, round);
    const [oursMs = Number.NaN] = await manager.deployments();
    const { text, revision } = await streams.ask<LastState>('last');
    const bareMs = await bare.ask<number>({ text, revision } satisfies BroadcastOrder);
    if (round < 0) continue;
    times.ours.push(oursMs);
    times.bare.push(bareMs);
  }
  await streams.ask('hang up');
  await clients.ask('hang up');
  const [ours, yardstick] = [median(times.ours), median(times.bare)];
  return {
    name: `last of ${nodes.toLocaleString('en')} confirmations after a create`,
    ours: `${ours.toFixed(2)} ms`,
    yardstick: `${yardstick.toFixed(2)} ms`,
    ratio: ours / yardstick,
    goal: { atMost: 1.5 },
    note: 'yardstick: bare ws sends the same bytes to as many clients and counts their answers',
  };
}

/** @returns the project that alone reaches it */
async function startEnvironment(manager: BenchManager, name: string): Promise<string> {
  const project = `of-${name}`;
  await manager.post('/apiops/projects/', { name: project });
  await manager.post('/apiops/environments/', { name, type: 'TEST', projects: [project] });
  return project;
}

async function create(manager: BenchManager, project: string, round: number): Promise<void> {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const body = { name: `jwk-${round}`, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) };
  const { deploymentResult } = JSON.parse(await manager.post(`/apiops/projects/${project}/jwks/`, body));
  if (!deploymentResult.success) throw new Error(`it did not arrive: ${JSON.stringify(deploymentResult)}`);
}
