// Sign at a node by 8 connections against bare node:http with crypto.sign in the same arrangement: requests for a second, in
// turns, medians.

import { median } from '../bench-manager.ts';
import { startBenchProcess } from '../bench-process.ts';
import type { BenchRow } from '../bench-row.ts';
import { type Load, type LoadedServer, loadOn } from '../nodes/http-load.ts';
import type { BareSignerOrder } from './bare-signer.ts';
import { ringBody, ringsPath, signRequest, startSigningWorld } from './ring-manager.ts';

const connections = 8;
const rounds = 15;
const warmUpRequests = 4_000;
const requestsPerRound = { ES256: 2_400, RS256: 800 };

export async function run(): Promise<BenchRow[]> {
  const world = await startSigningWorld();
  try {
    const rows: BenchRow[] = [];
    for (const alg of ['ES256', 'RS256'] as const) {
      const ring = `signs-${alg}`;
      await world.manager.post(ringsPath, ringBody(ring, alg));
      const request = signRequest(ring, await world.grant([ring]));
      const bare = startBenchProcess(new URL('./bare-signer.ts', import.meta.url));
      try {
        const url = await bare.ask<string>({ alg } satisfies BareSignerOrder);
        const node = { url: world.node.operationsUrl, usedMicros: world.usedMicros };
        rows.push(await compare(alg, request, [node, { url, usedMicros: () => bare.ask<number>({}) }]));
      } finally {
        await bare.end();
      }
    }
    return rows;
  } finally {
    await world.close();
  }
}

async function compare(
  alg: 'ES256' | 'RS256',
  request: string,
  servers: readonly [LoadedServer, LoadedServer],
): Promise<BenchRow> {
  const loads: [Load[], Load[]] = [[], []];
  for (const server of servers) await loadOn(connections, server, request, warmUpRequests);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, server] of servers.entries()) {
      loads[index]?.push(await loadOn(connections, server, request, requestsPerRound[alg]));
    }
  }
  const of = (which: keyof Load) => loads.map((all) => median(all.map((one) => one[which])));
  const [ours = Number.NaN, yardstick = Number.NaN] = of('perSecond');
  const [ourCpu = Number.NaN, yardstickCpu = Number.NaN] = of('perCpuSecond');
  const text = (rate: number) => `${Math.round(rate).toLocaleString('en')} /s`;
  return {
    name: `sign ${alg} at a node, ${connections} connections`,
    ours: text(ours),
    yardstick: text(yardstick),
    ratio: ours / yardstick,
    goal: { atLeast: 0.8 },
    note: `yardstick: bare node:http with crypto.sign; for a second of processor time ${text(ourCpu)} against ${text(yardstickCpu)}, ${(ourCpu / yardstickCpu).toFixed(2)}`,
  };
}
