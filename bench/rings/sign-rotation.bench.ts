// The 99th percentile of sign while a rotation of its ring is applied, against the same without, in turns, medians. Beside both
// it is measured while the manager rotates a ring that the node does not have: that shows what the manager's work takes from
// the cores that all processes share.

import { median } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import {
  hasRoom,
  ringBody,
  ringsPath,
  rotate,
  type SigningWorld,
  signRequest,
  startSigningWorld,
} from './ring-manager.ts';
import { percentile, timedRequests } from './timed-requests.ts';

const connections = 8;
const atLeast = 1_500;
const rounds = 11;

export async function run(): Promise<BenchRow[]> {
  const world = await startSigningWorld();
  try {
    return [await signWhileRotating(world)];
  } finally {
    await world.close();
  }
}

async function signWhileRotating(world: SigningWorld): Promise<BenchRow> {
  const [ring, other] = ['rotates', 'elsewhere'];
  const environment = { name: 'without-nodes', type: 'TEST', environmentSet: true };
  await world.manager.post('/apiops/environments/', environment);
  await world.manager.post(ringsPath, { ...ringBody(ring), environmentNames: ['bench'] });
  await world.manager.post(ringsPath, { ...ringBody(other), environmentNames: [environment.name] });
  const request = signRequest(ring, await world.grant([ring]));
  const order = { url: world.node.operationsUrl, request, connections, atLeast };
  const p99 = { ours: [] as number[], yardstick: [] as number[], elsewhere: [] as number[] };
  await timedRequests(order);
  for (let round = 0; round < rounds; round += 1) {
    p99.yardstick.push(percentile((await timedRequests(order)).ms, 0.99));
    await hasRoom(world, ring);
    p99.ours.push(percentile((await timedRequests(order, () => rotate(world, ring))).ms, 0.99));
    await hasRoom(world, other);
    const beside = () => world.manager.post(`${ringsPath}${other}/rotate`, {});
    p99.elsewhere.push(percentile((await timedRequests(order, beside)).ms, 0.99));
  }
  const [ours, yardstick] = [median(p99.ours), median(p99.yardstick)];
  return {
    name: 'sign, p99 while a rotation is applied',
    ours: `${ours.toFixed(2)} ms`,
    yardstick: `${yardstick.toFixed(2)} ms`,
    ratio: ours / yardstick,
    goal: { atMost: 1.5 },
    note: `yardstick: the same without; while a ring rotates that the node does not have: ${median(p99.elsewhere).toFixed(2)} ms; ${connections} connections, ${atLeast.toLocaleString('en')} requests a round`,
  };
}
