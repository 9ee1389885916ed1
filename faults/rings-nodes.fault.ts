// A node that is cut off from its manager through a whole rotation, and clocks of nodes that are an hour off, while tokens
// are signed and verified at both nodes.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../test/support/manager.ts';
import { startTcpProxy, type TcpProxy } from '../test/support/tcp-proxy.ts';
import { activeOf, stateOf } from '../test/system/support/ring-driver.ts';
import { temporaryFolder } from '../test/system/support/temporary-folder.ts';
import type { FaultRow, FaultRun } from './fault-row.ts';
import { inspectRing, type RingWorld, startRingWorld } from './support/ring-world.ts';

export const limitSeconds = 400;

const preload = [fileURLToPath(new URL('./preload/shift-clock.ts', import.meta.url))];
const hourMs = 3_600_000;
const patienceMs = 90_000;

export async function run(run: FaultRun): Promise<FaultRow[]> {
  const rows = [await cutOff(run)];
  for (const [name, shiftMs] of [
    ['an hour ahead', hourMs],
    ['an hour behind', -hourMs],
  ] as const) {
    rows.push(await wrongClock(name, shiftMs));
    run.tell(`clock ${name}`);
  }
  return rows;
}

async function cutOff(run: FaultRun): Promise<FaultRow> {
  const wires: TcpProxy[] = [];
  const world = await startRingWorld({
    nodeNames: ['n1', 'n2'],
    managerUrlOf: async (node, [url = '']) => {
      if (node === 'n1') return url;
      const wire = await startTcpProxy(Number(new URL(url).port));
      wires.push(wire);
      return `http://127.0.0.1:${wire.port}`;
    },
  });
  const { ring } = world;
  const broken: string[] = [];
  const rotations = run.size({ full: 4, quick: 1 });
  for (let count = 0; count < rotations; count += 1) {
    const { kid } = await ring.ready();
    const former = activeOf(await ring.get())?.kid;
    for (const wire of wires) wire.cut();
    await disconnected(world, 'n2');
    await ring.post('rotate');
    await ring.becomes(
      (seen) => activeOf(seen)?.kid === kid,
      'the successor becomes ACTIVE without the node',
    );
    // The node signs on with the former key, so it must not retire, and the next one must not be published for ready.
    const signed = world.traffic.signed;
    await until(() => world.traffic.signed > signed + 60, 'tokens are signed meanwhile', patienceMs);
    const during = await ring.get();
    const old = during.members.find((one) => one.kid === former);
    if (old?.state !== 'RETIRING' || (old.retireAt !== null && Date.parse(old.retireAt) < Date.now())) {
      broken.push(`the former key is ${old?.state} until ${old?.retireAt} while a node signs with it`);
    }
    if (stateOf(during, 'NEXT').length > 0) broken.push('a successor is NEXT that the node does not have');
    await ring.post('rotate');
    const blocked = await ring.get();
    const waiting = blocked.waitingFor.map(({ nodeName, reason }) => `${nodeName} ${reason}`);
    if (blocked.state !== 'BLOCKED' || !waiting.includes('n2 NOT_CONNECTED'))
      broken.push(`the ring is ${blocked.state}, waiting for ${waiting.join() || 'nothing'}`);
    for (const wire of wires) wire.heal();
    await ring
      .becomes(
        (seen) => (activeOf(seen)?.version ?? 0) > (activeOf(during)?.version ?? 0),
        'the rotation goes on',
      )
      .catch((error: Error) => broken.push(error.message));
    broken.push(...(await inspectRing(ring)));
    run.tell(`cut off ${count + 1} times`);
  }
  broken.push(...(await world.doctor()));
  const { signed } = world.traffic;
  broken.push(...(await world.end()));
  for (const wire of wires) await wire.close();
  return {
    scenario: 'node cut off through a rotation',
    promise:
      'it signs with the former key, whose tokens stay valid; the ring is BLOCKED and names it; the rotation ends once it is back',
    figure: `${rotations} times; ${signed} tokens signed`,
    broken,
  };
}

async function wrongClock(name: string, shiftMs: number): Promise<FaultRow> {
  const world = await startRingWorld({ nodeNames: ['n1', 'n2'] });
  const { ring, nodes } = world;
  const broken: string[] = [];
  const clock = join(await temporaryFolder(), 'clock');
  await writeFile(clock, '0');
  const [, node] = nodes;
  if (node === undefined) throw new Error('there is no second node');
  await node.kill();
  await node.start({ settings: { FAULT_CLOCK: clock }, preload });
  await world.connected(node.name);
  await writeFile(clock, String(shiftMs));
  process.kill(node.pid, 'SIGUSR2');
  const refusal = async () => (await world.signAt(node)) ?? '';
  await until(
    async () => /^The clock of this node is off/.test(await refusal()),
    'the node does not sign',
    patienceMs,
  ).catch(async () => broken.push(`the node with the wrong clock says: ${(await refusal()) || 'it signs'}`));
  await ring.rotate();
  await ring.rotate();
  await writeFile(clock, '0');
  process.kill(node.pid, 'SIGUSR2');
  await until(async () => (await world.signAt(node)) === undefined, 'the node signs again', patienceMs).catch(
    async () => broken.push(`the node with the right clock says: ${await refusal()}`),
  );
  await ring.rotate();
  broken.push(...(await inspectRing(ring)), ...(await world.doctor()));
  const { signed } = world.traffic;
  broken.push(...(await world.end()));
  return {
    scenario: `clock of a node ${name}, keys rotate`,
    promise:
      'it does not sign; it serves, verifies and retires by the time of the manager; set right, it signs again',
    figure: `3 rotations; ${signed} tokens signed`,
    broken,
  };
}

async function disconnected({ ask }: RingWorld, node: string): Promise<void> {
  await until(
    async () => {
      const { body } = await ask('GET', '/apiops/environments/production/nodes/');
      return body.resultList.some(
        (seen: { name: string; connected: boolean }) => seen.name === node && !seen.connected,
      );
    },
    `${node} counts as disconnected`,
    patienceMs,
  );
}
