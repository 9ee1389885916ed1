// SIGKILL of the manager under eight clients, at random moments and at the named ones, on both databases. After each
// it is started again, and what it acknowledged must be there, whole, and on its nodes.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from '../../test/support/manager.ts';
import type { ServeProcess } from '../../test/system/support/keyplane-process.ts';
import { kidsOf, startWorld, type World } from '../../test/system/support/world.ts';
import type { FaultRow, FaultRun } from '../fault-row.ts';
import { inspect, openInstallation } from './check-installation.ts';
import { type Created, createOn, nothingCreated } from './creating-clients.ts';
import { markedFaultPoints, rareFaultPoints } from './marked-fault-points.ts';
import { startPostgres } from './postgres-process.ts';
import { cutPower } from './power-cut.ts';

const clients = 8;
const nodeNames = ['n1', 'n2'];
/** Most of a round is waiting for nodes to connect again, so several installations are killed side by side. */
const installationsAtOnce = { full: 5, quick: 2 };
const onNodesMs = 10_000;
const longestLifeMs = 300;
/** A named moment that does not come, because the load was too short for it, is made a random kill after this. */
const patienceMs = 3_000;
const mostPassings = 12;
/** Longer than an answer takes: one that does not wait for the disk is then lost with near certainty. */
const slowSyncMs = 150;

const preload = ['kill-at-fault-point', 'watch-syncs'].map((name) =>
  fileURLToPath(new URL(`../preload/${name}.ts`, import.meta.url)),
);
export type KillKind = 'SQLite' | 'SQLite with a power cut' | 'PostgreSQL';

interface Tally {
  kills: number;
  atFaultPoints: number;
  acknowledged: number;
  unanswered: number;
  slowestMs: number;
  lostBytes: number;
  readonly broken: string[];
}

/** Kills so often as the run is large. */
export async function killRows(kind: KillKind, run: FaultRun): Promise<FaultRow[]> {
  const postgres = kind === 'PostgreSQL' ? await startPostgres() : undefined;
  const tally = {
    kills: 0,
    atFaultPoints: 0,
    acknowledged: 0,
    unanswered: 0,
    slowestMs: 0,
    lostBytes: 0,
    broken: [],
  };
  const installations = run.size(installationsAtOnce);
  const rounds = Math.ceil(run.size({ full: 100, quick: 4 }) / installations);
  const one = async (number: number) => {
    const databaseUrl = await postgres?.database();
    const powerCut = kind === 'SQLite with a power cut';
    await killAgainAndAgain({ rounds, number, databaseUrl, tally, powerCut });
  };
  await Promise.all(Array.from({ length: installations }, (_, index) => one(index)));
  return [rowOf(kind, tally)];
}

function rowOf(kind: string, tally: Tally): FaultRow {
  const { kills, atFaultPoints, acknowledged, unanswered, slowestMs, lostBytes, broken } = tally;
  const cut = lostBytes === 0 ? '' : `; ${lostBytes} bytes cut off`;
  return {
    scenario: `manager killed, ${kind}`,
    promise:
      'nothing acknowledged is lost or half stored, and all is on every node within 10 s of the restart',
    figure: `${kills} kills, ${atFaultPoints} of them at named fault points; ${acknowledged} acknowledged, ${unanswered} unanswered; on all nodes after ${(slowestMs / 1000).toFixed(1)} s at the most${cut}`,
    broken,
  };
}

interface Installation {
  readonly rounds: number;
  readonly number: number;
  readonly databaseUrl: string | undefined;
  readonly tally: Tally;
  /** What was not on the disk yet is lost with the process. */
  readonly powerCut: boolean;
}

async function killAgainAndAgain({
  rounds,
  number,
  databaseUrl,
  tally,
  powerCut,
}: Installation): Promise<void> {
  const settings: Record<string, string> = {
    ...(databaseUrl !== undefined && { KEYPLANE_DATABASE_URL: databaseUrl }),
    ...(powerCut && { FAULT_SYNC_MS: String(slowSyncMs) }),
  };
  const world = await startWorld(settings);
  const nodes = await Promise.all(nodeNames.map((name) => world.startNode(name)));
  await Promise.all(nodeNames.map((name) => world.connected(name)));
  await world.manager.stop();
  const created = nothingCreated();
  // Half of the kills are at random moments, the other half at the named ones in turn.
  const points = databaseUrl === undefined ? markedFaultPoints : [...rareFaultPoints, ...markedFaultPoints];
  for (let round = 0; round < rounds; round += 1) {
    const moment = round % 2 === 0 ? undefined : points[(number + (round >> 1)) % points.length];
    await world.startManager(moment === undefined ? { preload } : killAt(moment));
    await showsAll({ world, nodes, created, tally, databaseUrl });
    await loadUntilKilled(world, created, moment);
    tally.kills += 1;
    if (powerCut) tally.lostBytes += await cutPower(join(world.folder, 'manager'));
    if (moment !== undefined) tally.atFaultPoints += 1;
  }
  await world.startManager();
  await showsAll({ world, nodes, created, tally, databaseUrl });
  tally.acknowledged += created.acknowledged.size;
  tally.unanswered += created.unanswered.size;
  for (const process of [...nodes, world.manager]) await process.stop();
}

function killAt(moment: string) {
  const most = rareFaultPoints.includes(moment) ? 2 : mostPassings;
  const passing = 1 + Math.floor(Math.random() * most);
  return { settings: { FAULT_KILL_AT: `${moment}#${passing}`, FAULT_ARM: 'signal' }, preload };
}

let loads = 0;

async function loadUntilKilled(world: World, created: Created, moment: string | undefined): Promise<void> {
  const { manager, api } = world;
  loads += 1;
  const stopped = new AbortController();
  const load = createOn({ count: clients, api, prefix: `jwk-${loads}` }, created, stopped.signal);
  if (moment === undefined) {
    // On a busy machine a kill would else come before there is anything to lose.
    const before = created.acknowledged.size;
    const begun = () => created.acknowledged.size > before;
    await until(begun, 'an answer', patienceMs).catch(() => undefined);
    await sleep(Math.random() * longestLifeMs);
    process.kill(manager.pid, 'SIGKILL');
  } else {
    process.kill(manager.pid, 'SIGUSR2');
    await Promise.race([manager.ended, sleep(patienceMs)]);
    await manager.stop('SIGKILL');
  }
  await manager.ended;
  stopped.abort();
  await load;
}

interface Aftermath {
  readonly world: World;
  readonly nodes: readonly ServeProcess[];
  readonly created: Created;
  readonly tally: Tally;
  readonly databaseUrl: string | undefined;
}

async function showsAll({ world, nodes, created, tally, databaseUrl }: Aftermath): Promise<void> {
  const startedAt = performance.now();
  const { acknowledged, refused } = created;
  const lacking = async () => {
    const served = await Promise.all(nodes.map(kidsOf));
    return served.flatMap((kids) => {
      const held = new Set(kids);
      return [...acknowledged].filter((name) => !held.has(name));
    });
  };
  try {
    // Without a JWK yet a node has nothing to show; then there is nothing to wait for either.
    await until(async () => (await lacking()).length === 0, 'all is on every node', onNodesMs);
  } catch {
    tally.broken.push(
      `${(await lacking()).length} acknowledged JWKs are not on every node after ${onNodesMs} ms`,
    );
  }
  tally.slowestMs = Math.max(tally.slowestMs, performance.now() - startedAt);
  const dataDir = join(world.folder, 'manager');
  const store = await openInstallation(dataDir, databaseUrl);
  try {
    const { names, broken } = await inspect(store, dataDir);
    tally.broken.push(...broken);
    for (const name of acknowledged)
      if (!names.has(name)) tally.broken.push(`${name} was acknowledged and is lost`);
    for (const [name, status] of refused) {
      if (names.has(name)) tally.broken.push(`${name} was refused with ${status} and is stored`);
    }
  } finally {
    await store.close();
  }
}
