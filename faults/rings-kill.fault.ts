// A manager that is killed while a key ring rotates: at every named point that it passes, also inside each of the
// transitions. Nodes sign and verifiers verify all the time.

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { activeOf } from '../test/system/support/ring-driver.ts';
import type { FaultRow, FaultRun } from './fault-row.ts';
import { ringFaultPoints } from './support/marked-fault-points.ts';
import { inspectRing, type RingWorld, startRingWorld } from './support/ring-world.ts';

export const limitSeconds = 900;

const preload = [fileURLToPath(new URL('./preload/kill-at-fault-point.ts', import.meta.url))];
/** A point that was not passed so often is one that this rotation did not pass. */
const patienceMs = 4_000;

export async function run(run: FaultRun): Promise<FaultRow[]> {
  const world = await startRingWorld({ nodeNames: ['n1', 'n2'] });
  const passings = run.size({ full: 3, quick: 1 });
  const points = ringFaultPoints.slice(-run.size({ full: ringFaultPoints.length, quick: 2 }));
  const broken: string[] = [];
  let kills = 0;
  let rotations = 0;
  for (const point of points) {
    for (let passing = 1; passing <= passings; passing += 1) {
      const { isKilled, found } = await rotateAndKill(world, `${point}#${passing}`);
      kills += isKilled ? 1 : 0;
      rotations += 1;
      broken.push(...found.map((what) => `${point}, passing ${passing}: ${what}`));
    }
    run.tell(`${point}: ${kills} kills, ${world.traffic.signed} tokens`);
  }
  broken.push(...(await world.doctor()));
  const { signed } = world.traffic;
  broken.push(...(await world.end()));
  return [
    {
      scenario: 'manager killed while a ring rotates',
      promise:
        'the rotation ends after the restart, each transition once; no valid token is refused, and doctor finds nothing',
      figure: `${rotations} rotations, ${kills} kills at ${points.length} points; ${signed} tokens signed`,
      broken,
    },
  ];
}

async function rotateAndKill(world: RingWorld, moment: string) {
  const { ring, managers, nodes, connected } = world;
  const [manager] = managers;
  if (manager === undefined) throw new Error('there is no manager');
  await manager.kill();
  await manager.start({ settings: { FAULT_KILL_AT: moment, FAULT_ARM: 'signal' }, preload });
  for (const { name } of nodes) await connected(name);
  const { kid } = await ring.ready();
  const ended = world.world.manager.ended.then(() => true);
  process.kill(manager.pid, 'SIGUSR2');
  const refusal = ring.post('rotate').then(
    () => undefined,
    (error: Error) => error.message,
  );
  const isKilled = await Promise.race([ended, sleep(patienceMs, false)]);
  await manager.kill();
  await manager.start();
  const refused = await refusal;
  const found = refused === undefined ? [] : [refused];
  await ring
    .becomes((seen) => activeOf(seen)?.kid === kid, 'the successor becomes ACTIVE')
    .catch((error: Error) => found.push(error.message));
  found.push(...(await inspectRing(ring)));
  return { isKilled, found };
}
