// A compromise: from the request that revokes the ACTIVE key of a ring to the last of 1,000 nodes that publishes it no
// more, against a create to the same nodes, in turns. Each round has a new ring: one that was revoked forty times would list all
// of them in each message. Nodes are simulated, all in one process.

import { generateKeyPairSync } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type BenchManager, median, startBenchManager } from '../bench-manager.ts';
import { type BenchProcess, startBenchProcess } from '../bench-process.ts';
import type { BenchRow } from '../bench-row.ts';
import type { Arrival, StreamsOrder } from '../nodes/node-streams.ts';

const nodes = 1_000;
const rounds = 41;
const warmUpRounds = 3;
const limitMs = 2_000;
/** Longer than the manager gathers confirmations: neither request is timed while those of the one before are recorded. */
const pauseMs = 600;
const project = '/apiops/projects/Bench';
const ring = {
  type: 'EC',
  ec: { curveType: 'P256', algorithm: 'ES256' },
  rotationInterval: null,
};

export async function run(): Promise<BenchRow[]> {
  const manager = await startBenchManager(1);
  const streams = startBenchProcess(new URL('../nodes/node-streams.ts', import.meta.url));
  try {
    return await measure(manager, streams);
  } finally {
    await streams.end();
    await manager.close();
  }
}

async function measure(manager: BenchManager, streams: BenchProcess): Promise<BenchRow[]> {
  const environment = 'production';
  await manager.post('/apiops/environments/', { name: environment, type: 'TEST', environmentSet: true });
  const { token } = JSON.parse(
    await manager.post(`/apiops/environments/${environment}/enrollment-tokens/`, { privateKeys: true }),
  );
  const { url } = manager;
  await streams.ask({
    url,
    environment,
    token,
    count: nodes,
    opens: true,
    hears: true,
  } satisfies StreamsOrder);
  const times = { revoke: [] as number[], create: [] as number[] };
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    const created = await lastOf(streams, () => create(manager, round));
    const stolen = await makeRing(manager, `stolen-${round}`);
    const revoked = await lastOf(streams, () => revoke(manager, stolen));
    if (round < 0) continue;
    times.create.push(created);
    times.revoke.push(revoked);
  }
  const [ours, yardstick] = [median(times.revoke), median(times.create)];
  const slowest =
    [...times.revoke].sort((a, b) => a - b)[Math.ceil(times.revoke.length * 0.99) - 1] ?? Number.NaN;
  const count = nodes.toLocaleString('en');
  return [
    {
      name: `a revoked key leaves the last of ${count} nodes`,
      ours: `${ours.toFixed(0)} ms`,
      yardstick: `${yardstick.toFixed(0)} ms`,
      ratio: ours / yardstick,
      goal: { atMost: 1.1 },
      note: 'from the request; yardstick: a created key reaches the last of them',
    },
    {
      name: `a revoked key leaves the last of ${count} nodes, p99`,
      ours: `${slowest.toFixed(0)} ms`,
      yardstick: `${limitMs} ms`,
      ratio: slowest / limitMs,
      goal: { atMost: 1 },
      note: `of ${rounds} revocations`,
    },
  ];
}

/** @returns milliseconds from the request until the first message that it caused had reached every node */
async function lastOf(streams: BenchProcess, request: () => Promise<void>): Promise<number> {
  await setTimeout(pauseMs);
  await streams.ask('arrivals');
  const startedMs = Number(process.hrtime.bigint()) / 1e6;
  await request();
  const arrivals = await streams.ask<readonly Arrival[]>('arrivals');

  const [first] = arrivals.filter((one) => one.nodes === nodes);
  if (first === undefined) throw new Error(`not every node has it: ${JSON.stringify(arrivals)}`);
  return first.lastMs - startedMs;
}

async function create(manager: BenchManager, round: number): Promise<void> {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const body = { name: `jwk-${round}`, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) };
  requireDeployed(await manager.post(`${project}/jwks/`, body));
}

interface StolenKey {
  readonly path: string;
  readonly kid: string;
}

/** @returns its ACTIVE key */
async function makeRing(manager: BenchManager, name: string): Promise<StolenKey> {
  requireDeployed(await manager.post(`${project}/key-rings/`, { ...ring, name }));
  const path = `${project}/key-rings/${name}/`;
  const { members } = JSON.parse(await manager.send('GET', path)).resultList[0];
  const { kid } = members.find(({ state }: { state: string }) => state === 'ACTIVE');
  return { path, kid };
}

async function revoke(manager: BenchManager, { path, kid }: StolenKey): Promise<void> {
  requireDeployed(await manager.post(`${path}revoke`, { kid, reason: 'COMPROMISED' }));
}

function requireDeployed(answer: string): void {
  const { deploymentResult } = JSON.parse(answer);
  if (!deploymentResult.success) throw new Error(`it did not arrive: ${answer}`);
}
