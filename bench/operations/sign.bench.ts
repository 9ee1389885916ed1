// Sign at a node by 8 connections, against bare node:http with crypto.sign and, where it can be had, against the transit engine of
// OpenBao: in turns, medians of the rounds.

import { type BaoServer, findBao, startBao } from '../../test/support/bao-server.ts';
import { median } from '../bench-manager.ts';
import { startBenchProcess } from '../bench-process.ts';
import type { BenchRow } from '../bench-row.ts';
import { ringBody, ringsPath, signRequest, startSigningWorld } from '../rings/ring-manager.ts';
import { percentile, timedRequests } from '../rings/timed-requests.ts';
import type { BareOrder } from './bare-operation.ts';
import { compared } from './compared.ts';

const requestsPerRound = { ES256: 2_400, RS256: 800, EdDSA: 2_400, 'ML-DSA-65': 800 };

export async function run(): Promise<BenchRow[]> {
  const path = findBao();
  const bao = path === undefined ? undefined : await startBao(path);
  const world = await startSigningWorld();
  try {
    const rows: BenchRow[] = [];
    for (const alg of ['ES256', 'RS256', 'EdDSA', 'ML-DSA-65'] as const) {
      const ring = `signs-${alg}`;
      await world.manager.post(ringsPath, ringBody(ring, alg));
      const request = signRequest(ring, await world.grant([ring]));
      const node = { url: world.node.operationsUrl, request };
      const bare = startBenchProcess(new URL('./bare-operation.ts', import.meta.url));
      try {
        const url = await bare.ask<string>({ operation: 'SIGN', alg } satisfies BareOrder);
        const atLeast = requestsPerRound[alg];
        rows.push(
          await compared(`sign ${alg} at a node, 8 connections`, [node, { url, request }], {
            atLeast,
            goal: { atLeast: 0.8 },
            note: 'yardstick: bare node:http with crypto.sign',
          }),
        );
      } finally {
        await bare.end();
      }
      // The transit engine is compared with the algorithms that every version of it has.
      if (bao && alg !== 'ML-DSA-65') rows.push(...(await againstBao(bao, alg, node)));
    }
    return rows;
  } finally {
    await world.close();
    await bao?.end();
  }
}

async function againstBao(
  bao: BaoServer,
  alg: Exclude<keyof typeof requestsPerRound, 'ML-DSA-65'>,
  node: { readonly url: string; readonly request: string },
): Promise<BenchRow[]> {
  const servers = [node, { url: bao.url, request: await bao.signRequest(alg) }];
  const atLeast = requestsPerRound[alg];
  const rates: [number[], number[]] = [[], []];
  const slowest: [number[], number[]] = [[], []];
  for (const { url, request } of servers) await timedRequests({ url, request, connections: 8, atLeast });
  for (let round = 0; round < 9; round += 1) {
    for (const [index, { url, request }] of servers.entries()) {
      const { ms, tookMs } = await timedRequests({ url, request, connections: 8, atLeast });
      rates[index]?.push((ms.length / tookMs) * 1_000);
      slowest[index]?.push(percentile(ms, 0.99));
    }
  }
  const [ours = Number.NaN, yardstick = Number.NaN] = rates.map(median);
  const [ourP99 = Number.NaN, baoP99 = Number.NaN] = slowest.map(median);
  const note = `yardstick: transit of OpenBao ${bao.version}`;
  return [
    {
      name: `sign ${alg} at a node, against OpenBao`,
      ours: `${Math.round(ours).toLocaleString('en')} /s`,
      yardstick: `${Math.round(yardstick).toLocaleString('en')} /s`,
      ratio: ours / yardstick,
      goal: { atLeast: 2 },
      note,
    },
    {
      name: `sign ${alg}, 99th percentile, against OpenBao`,
      ours: `${ourP99.toFixed(1)} ms`,
      yardstick: `${baoP99.toFixed(1)} ms`,
      ratio: ourP99 / baoP99,
      goal: { atMost: 1 },
      note,
    },
  ];
}
