// Delay of the node's event loop while it signs with an RSA key of 4096 bits for as many clients as it can.

import type { BenchRow } from '../bench-row.ts';
import { ringBody, ringsPath, signRequest, startSigningWorld } from '../rings/ring-manager.ts';
import { timedRequests } from '../rings/timed-requests.ts';

const limitMs = 20;
const connections = 64;

export async function run(): Promise<BenchRow[]> {
  const world = await startSigningWorld();
  try {
    await world.manager.post(ringsPath, ringBody('signs', 'RS256of4096'));
    const request = signRequest('signs', await world.grant(['signs']));
    const order = { url: world.node.operationsUrl, request, connections };
    await timedRequests({ ...order, atLeast: 200 });
    await world.loopDelayMs();
    const { ms, tookMs } = await timedRequests({ ...order, atLeast: 2_000 });
    const delayMs = await world.loopDelayMs();
    return [
      {
        name: `event loop of a node while ${connections} clients sign with RSA 4096, 99th percentile`,
        ours: `${delayMs.toFixed(1)} ms`,
        yardstick: `${limitMs} ms`,
        ratio: delayMs / limitMs,
        goal: { atMost: 1 },
        note: `${Math.round((ms.length / tookMs) * 1_000)} signatures a second`,
      },
    ];
  } finally {
    await world.close();
  }
}
