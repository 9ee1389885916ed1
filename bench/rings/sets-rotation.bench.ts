// JWK Sets while 100 rings rotate at once, against the same without, in turns, medians: requests for a second of the node's
// processor time, which applies the rotations too.

import { median, onClients } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import {
  hasRoom,
  ringBody,
  ringsPath,
  rotate,
  type SigningWorld,
  startSigningWorld,
} from './ring-manager.ts';
import { timedRequests } from './timed-requests.ts';

const rings = 100;
const connections = 8;
const atLeast = 6_000;
const rounds = 3;
const managerConnections = 8;

export async function run(): Promise<BenchRow[]> {
  const world = await startSigningWorld(managerConnections);
  try {
    return [await setsWhileRotating(world)];
  } finally {
    await world.close();
  }
}

async function setsWhileRotating(world: SigningWorld): Promise<BenchRow> {
  const names = Array.from({ length: rings }, (_, index) => `beside-${index}`);
  const each = (work: (name: string) => Promise<unknown>) =>
    onClients(
      managerConnections,
      names.map((name) => () => work(name)),
    );
  await each((name) => world.manager.post(ringsPath, ringBody(name)));
  const request = 'GET /projects/Bench/.well-known/jwks.json HTTP/1.1\r\nHost: bench\r\n\r\n';
  const order = { url: world.node.url, request, connections, atLeast };
  const rates = { ours: [] as number[], yardstick: [] as number[] };
  const rateOf = async (beside?: () => Promise<unknown>) => {
    const before = await world.usedMicros();
    const { ms } = await timedRequests(order, beside);
    return (ms.length / ((await world.usedMicros()) - before)) * 1e6;
  };
  await rateOf();
  for (let round = 0; round < rounds; round += 1) {
    rates.yardstick.push(await rateOf());
    await each((name) => hasRoom(world, name));
    rates.ours.push(await rateOf(() => each((name) => rotate(world, name))));
  }
  const [ours, yardstick] = [median(rates.ours), median(rates.yardstick)];
  const text = (rate: number) => `${Math.round(rate).toLocaleString('en')} requests per CPU second`;
  return {
    name: `JWK Set requests while ${rings} rings rotate at once`,
    ours: text(ours),
    yardstick: text(yardstick),
    ratio: ours / yardstick,
    goal: { atLeast: 0.95 },
    note: 'yardstick: the same without; processor time of the node, which applies the rotations',
  };
}
