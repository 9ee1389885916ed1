// A manager that is killed while a key ring rotates: at every named point that it passes, also inside each of the
// transitions. Nodes sign and verifiers verify all the time.

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { activeOf } from '../test/system/support/ring-driver.ts';
import type { FaultRow, FaultRun } from './fault-row.ts';
import { ringFaultPoints } from './support/marked-fault-points.ts';
import { inspectRing, type RingWorld, startRingWorld } from './support/ring-world.ts';

export const limitSeconds = 1_200;

const preload = [fileURLToPath(new URL('./preload/kill-at-fault-point.ts', import.meta.url))];
/** A point that was not passed so often is one that this rotation did not pass. */
const patienceMs = 4_000;
/** No further rotation is begun after this time. */
const enoughMs = 600_000;

export async function run(run: FaultRun): Promise<FaultRow[]> {
  const world = await startRingWorld({ nodeNames: ['n1', 'n2'] });
  const passings = run.size({ full: 3, quick: 1 });
  const points = ringFaultPoints.slice(-run.size({ full: ringFaultPoints.length, quick: 2 }));
  const broken: string[] = [];
  // Each point once, then each again: a run that is cut short has been at every point.
  const kills = Array.from({ length: passings }, (_, index) =>
    points.map((point) => ({ point, passing: index + 1 })),
  ).flat();
  const startedAt = performance.now();
  let killed = 0;
  let rotations = 0;
  await restart(world, kills[0]);
  for (const [index, kill] of kills.entries()) {
    const next = kills[index + 1];
    const { isKilled, found } = await rotateAndKill(world, next);
    killed += isKilled ? 1 : 0;
    rotations += 1;
    broken.push(...found.map((what) => `${kill.point}, passing ${kill.passing}: ${what}`));
    run.tell(`${kill.point}#${kill.passing}: ${killed} kills, ${world.traffic.signed} tokens`);
    if (rotations >= points.length && performance.now() - startedAt > enoughMs) break;
  }
  broken.push(...(await world.doctor()));
  const { signed } = world.traffic;
  broken.push(...(await world.end()));
  return [
    {
      scenario: 'manager killed while a ring rotates',
      promise:
        'the rotation ends after the restart, each transition once; no valid token is refused, and doctor finds nothing',
      figure: `${rotations} of ${kills.length} rotations, ${killed} kills at ${points.length} points; ${signed} tokens signed`,
      broken,
    },
  ];
}

interface Kill {
  readonly point: string;
  /** 1 for the first. */
  readonly passing: number;
}

/** Kills the manager. The next one dies at `kill`, once a signal has armed it. */
async function restart({ managers: [manager] }: RingWorld, kill: Kill | undefined): Promise<void> {
  if (manager === undefined) throw new Error('there is no manager');
  await manager.kill();
  if (kill === undefined) return manager.start();
  const settings = { FAULT_KILL_AT: `${kill.point}#${kill.passing}`, FAULT_ARM: 'signal' };
  await manager.start({ settings, preload });
}

/** The manager that carries the rotation on is started for the next kill already: each start takes seconds. */
async function rotateAndKill(world: RingWorld, next: Kill | undefined) {
  const { ring, nodes, connected } = world;
  for (const { name } of nodes) await connected(name);
  const { kid } = await ring.ready();
  const { ended, pid } = world.world.manager;
  process.kill(pid, 'SIGUSR2');
  const refusal = ring.post('rotate').then(
    () => undefined,
    (error: Error) => error.message,
  );
  const isKilled = await Promise.race([ended.then(() => true), sleep(patienceMs, false)]);
  await restart(world, next);
  const refused = await refusal;
  const found = refused === undefined ? [] : [refused];
  await ring
    .becomes((seen) => activeOf(seen)?.kid === kid, 'the successor becomes ACTIVE')
    .catch((error: Error) => found.push(error.message));
  found.push(...(await inspectRing(ring)));
  return { isKilled, found };
}
