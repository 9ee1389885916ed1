// A disk without room, and one on which writes fail: under the manager's SQLite, and under a node's copy.
// A small disk is mounted where this user may; a limit on the size of files (RLIMIT_FSIZE) makes writes fail anywhere.

import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from '../test/support/manager.ts';
import type { ServeProcess } from '../test/system/support/keyplane-process.ts';
import { temporaryFolder } from '../test/system/support/temporary-folder.ts';
import {
  jwksPath,
  kidsOf,
  type ManagerStart,
  pastedJwk,
  setOf,
  startWorld,
  type World,
} from '../test/system/support/world.ts';
import type { FaultRow, FaultRun } from './fault-row.ts';
import { inspect, openInstallation } from './support/check-installation.ts';
import { type Created, createOn, nothingCreated } from './support/creating-clients.ts';
import { mountSmallDisk } from './support/small-disk.ts';

export const limitSeconds = 150;

const preload = [fileURLToPath(new URL('./preload/watch-syncs.ts', import.meta.url))];
const diskBytes = 12 * 1024 * 1024;
const clients = 8;
/** More than fit into what is left of a page. */
const createsInAPage = 30;
const troubleMs = 1_500;
const wellAgainMs = 10_000;
/** A node that rejected a change gets it again after half a minute at the latest. */
const nodeWellAgainMs = 40_000;

/** A way to make writing impossible, and possible again. */
interface Trouble {
  readonly name: string;
  /** False where what was written and not kept has to be taken back before anything is shown, which needs the disk. */
  readonly readsGoOn: boolean;
  /** What the process in trouble is started with. */
  readonly start?: ManagerStart;
  begin(pid: number): Promise<void>;
  end(pid: number): Promise<void>;
  /** Takes what a process that ended gave back. */
  again?(): Promise<void>;
}

export async function run(run: FaultRun): Promise<FaultRow[]> {
  const rounds = run.size({ full: 10, quick: 1 });
  const rows: FaultRow[] = [];
  for (const make of [fullDisk, failingWrites, failingSyncs]) {
    for (const underWhom of [managerRow, nodeRow]) {
      const dataDir = join(await temporaryFolder(), 'data');
      await mkdir(dataDir);
      const trouble = await make(dataDir);
      rows.push(await underWhom(trouble, dataDir, rounds));
      run.tell(rows.at(-1)?.scenario ?? '');
    }
  }
  return rows;
}

async function fullDisk(dataDir: string): Promise<Trouble> {
  const disk = await mountSmallDisk(dataDir, diskBytes);
  if (disk === undefined)
    throw new Error('A small disk can only be mounted by root: run this scenario as root');
  return {
    name: 'disk full',
    readsGoOn: true,
    begin: () => disk.fill(),
    end: () => disk.free(),
    again: () => disk.fill(),
  };
}

async function failingWrites(): Promise<Trouble> {
  const limit = async (pid: number, bytes: string) => {
    const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
    if (status !== 0) throw new Error(`prlimit failed: ${stderr}`);
  };
  return {
    name: 'writes fail',
    readsGoOn: true,
    begin: (pid) => limit(pid, '1'),
    end: (pid) => limit(pid, 'unlimited'),
  };
}

/** The disk takes what is written, and then says that it could not keep it. */
async function failingSyncs(): Promise<Trouble> {
  const file = join(await temporaryFolder(), 'syncs-fail');
  return {
    name: 'syncs fail',
    readsGoOn: false,
    start: { settings: { FAULT_FAIL_SYNCS: file }, preload },
    begin: () => writeFile(file, ''),
    end: () => rm(file),
  };
}

async function managerRow(trouble: Trouble, dataDir: string, rounds: number): Promise<FaultRow> {
  const world = await startWorld({ KEYPLANE_DATA_DIR: dataDir });
  if (trouble.start !== undefined) {
    await world.manager.stop();
    await world.startManager(trouble.start);
  }
  const created = nothingCreated();
  const broken: string[] = [];
  let slowestMs = 0;
  for (let round = 0; round < rounds; round += 1) {
    await load(world, created, { prefix: `well-${round}`, forMs: 200 });
    await trouble.begin(world.manager.pid);
    const refusedBefore = created.refused.size;
    await load(world, created, { prefix: `trouble-${round}`, forMs: troubleMs });
    const { status } = await world.api('GET', jwksPath);
    if (status !== 200 && (trouble.readsGoOn || status !== 503))
      broken.push(`a list was answered with ${status} meanwhile`);
    if (created.refused.size === refusedBefore) broken.push('nothing was refused: the trouble never came');
    await trouble.end(world.manager.pid);
    slowestMs = Math.max(slowestMs, await wellAgain(world, broken, `after-${round}`));
  }
  const wrong = [...created.refused].filter(([, status]) => status < 500);
  broken.push(...wrong.map(([name, status]) => `${name} was answered with ${status}`));
  if (created.unanswered.size > 0) broken.push(`${created.unanswered.size} requests were not answered`);
  await world.manager.stop('SIGKILL');
  broken.push(...(await compare(dataDir, created)));
  return {
    scenario: `${trouble.name}, manager`,
    promise: `answers 5xx and stores nothing; ${trouble.readsGoOn ? 'reads go on; ' : ''}is well again without a restart`,
    figure: `${rounds} times, ${created.refused.size} refused (${statuses(created)}), ${created.acknowledged.size} acknowledged, 0 lost; well again after ${(slowestMs / 1000).toFixed(1)} s at the most`,
    broken,
  };
}

function statuses({ refused }: Created): string {
  return [...new Set(refused.values())].sort().join(', ');
}

async function load(
  world: World,
  created: Created,
  { prefix, forMs }: { prefix: string; forMs: number },
): Promise<void> {
  const order = { count: clients, api: world.api, prefix, goOnAfterMs: 20, mostPerSecond: 200 };
  await createOn(order, created, AbortSignal.timeout(forMs));
}

/** @returns milliseconds until a create was acknowledged again */
async function wellAgain({ api }: World, broken: string[], name: string): Promise<number> {
  const startedAt = performance.now();
  const works = async () => (await api('POST', jwksPath, pastedJwk(name))).status === 200;
  await until(works, 'the manager is well again', wellAgainMs).catch((error: Error) =>
    broken.push(error.message),
  );
  return performance.now() - startedAt;
}

/** What was acknowledged and refused against what is there. */
async function compare(dataDir: string, { acknowledged, refused }: Created): Promise<string[]> {
  const store = await openInstallation(dataDir);
  try {
    const { names, broken } = await inspect(store, dataDir);
    const lost = [...acknowledged].filter((name) => !names.has(name));
    const stored = [...refused.keys()].filter((name) => names.has(name));
    return [
      ...broken,
      ...lost.map((name) => `${name} was acknowledged and is lost`),
      ...stored.map((name) => `${name} was refused and is stored`),
    ];
  } finally {
    await store.close();
  }
}

/** What is left of the last page of a file is still written to when a disk is full; this uses it up. */
async function untilRefused({ api }: World, node: ServeProcess, prefix: string) {
  for (let number = 0; ; number += 1) {
    const name = `${prefix}-${number}`;
    const before = await setOf(node);
    const { body } = await api('POST', jwksPath, pastedJwk(name));
    const [{ success, message }] = body.deploymentResult.environmentResults;
    if (!success || number >= createsInAPage) return { name, before, message: String(message) };
  }
}

async function nodeRow(trouble: Trouble, dataDir: string, rounds: number): Promise<FaultRow> {
  const world = await startWorld();
  let node = await world.startNode('n1', { dataDir, ...trouble.start });
  await world.connected('n1');
  const broken: string[] = [];
  let slowestMs = 0;
  await world.api('POST', jwksPath, pastedJwk('first'));
  for (let round = 0; round < rounds; round += 1) {
    await trouble.begin(node.pid);
    const { name, before, message } = await untilRefused(world, node, `while-${round}`);
    if (!/could not be written to the disk of this node/.test(message)) {
      broken.push(`the answer said "${message}" of a node that cannot write`);
    }
    if ((await setOf(node)).bytes !== before.bytes) broken.push('the node did not go on serving what it had');
    if (round === 0) {
      await node.stop('SIGKILL');
      await trouble.again?.();
      node = await world.startNode('n1', {
        dataDir,
        port: Number(new URL(node.url).port),
        ...trouble.start,
      });
      if ((await setOf(node)).bytes !== before.bytes)
        broken.push('the node did not serve its copy after a restart');
      await sleep(500);
    }
    await trouble.end(node.pid);
    const startedAt = performance.now();
    const has = async () => (await kidsOf(node)).includes(name);
    await until(has, 'the node is well again', nodeWellAgainMs).catch((error: Error) =>
      broken.push(error.message),
    );
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
  }
  return {
    scenario: `${trouble.name}, node`,
    promise: 'refuses with its reason, goes on serving, also after a restart; takes all once it can write',
    figure: `${rounds} times, well again after ${(slowestMs / 1000).toFixed(1)} s at the most`,
    broken,
  };
}
