// What a change costs among 10,000 keys, against the same among 10: a JWK created over HTTP until its node confirmed
// it, and the node's own work. Then what 10,000 keys more take in memory: as an operator sees it a while after the
// node got them and was asked for its JWK Set, and again after it was started again from its own copy.
// A manager and a real node for each of the two, each in its own process, the node as the runner starts it; in
// turns, medians.

import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type BenchManager, median, startBenchManager } from '../bench-manager.ts';
import type { BenchProcess } from '../bench-process.ts';
import type { BenchRow } from '../bench-row.ts';
import type { FillOrder } from './filling-manager.ts';
import type { JoinedNodeOrder, NodeFacts } from './joined-node.ts';
import { startJoinedNode } from './start-joined-node.ts';

const many = 10_000;
const few = 10;
const rounds = 31;
const memoryLimitBytes = 20e6;
/** V8 gives back what it does not need once a process has been idle for some seconds. */
const whileMs = 20_000;
const jwks = '/apiops/projects/Bench/jwks/';

export async function run(): Promise<BenchRow[]> {
  const worlds: World[] = [];
  await compileOnce();
  try {
    const small = await startWorld(few, worlds);
    const large = await startWorld(many, worlds);
    const costs = { small: [] as Cost[], large: [] as Cost[] };
    for (let round = -3; round < rounds; round += 1) {
      const [ofSmall, ofLarge] = [await change(small), await change(large)];
      if (round < 0) continue;
      costs.small.push(ofSmall);
      costs.large.push(ofLarge);
    }
    const row = (name: string, of: keyof Cost): BenchRow => {
      const ours = median(costs.large.map((cost) => cost[of]));
      const yardstick = median(costs.small.map((cost) => cost[of]));
      return {
        name: `${name} among ${many.toLocaleString('en')} keys`,
        ours: `${ours.toFixed(2)} ms`,
        yardstick: `${yardstick.toFixed(2)} ms`,
        ratio: ours / yardstick,
        goal: { atMost: 2.5 },
        note: `yardstick: the same among ${few}`,
      };
    };
    const asked = await memoryMore(small, large);
    for (const world of [small, large]) await world.startAgain();
    const more = {
      node: asked,
      nodeAgain: await memoryMore(small, large),
      manager: (await large.manager.memoryAfterRestart()) - (await small.manager.memoryAfterRestart()),
    };
    return [
      row('a create, until its node confirmed it,', 'createMs'),
      row("a node's processor time for a change", 'nodeMs'),
      memoryRow('manager, started again', more.manager),
      memoryRow('node that was sent them', more.node),
      memoryRow('node, started again', more.nodeAgain),
    ];
  } finally {
    for (const world of worlds) await world.close();
  }
}

interface World {
  readonly manager: BenchManager;
  readonly node: BenchProcess;
  /** The node, from its own copy. */
  startAgain(): Promise<void>;
  jwkSet(): Promise<{ readonly keys?: readonly unknown[] }>;
  close(): Promise<void>;
}

interface Cost {
  readonly createMs: number;
  readonly nodeMs: number;
}

async function startWorld(keys: number, worlds: World[]): Promise<World> {
  const manager = await startBenchManager(1, { file: new URL('./filling-manager.ts', import.meta.url) });
  const dataDir = await mkdtemp(join(tmpdir(), 'keyplane-bench-node-'));
  // Before there is an environment; what it then makes of ten thousand keys is one change.
  await manager.ask({ fill: keys } satisfies FillOrder);
  await manager.post('/apiops/environments/', { name: 'bench', type: 'TEST', environmentSet: true });
  const { token } = JSON.parse(
    await manager.post('/apiops/environments/bench/enrollment-tokens/', { privateKeys: true }),
  );
  const order: JoinedNodeOrder = { managerUrl: manager.url, environment: 'bench', token, dataDir };
  let nodeUrl = '';
  const world = {
    manager,
    node: startJoinedNode(),
    async startAgain() {
      await world.node.end();
      world.node = startJoinedNode();
      nodeUrl = await world.node.ask<string>(order);
    },
    jwkSet: async () =>
      (await fetch(`${nodeUrl}/.well-known/jwks.json`)).json() as ReturnType<World['jwkSet']>,
    async close() {
      await world.node.end();
      await manager.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  worlds.push(world);
  nodeUrl = await world.node.ask<string>(order);
  await everything(world, keys);
  return world;
}

/** A process that finds nothing compiled takes twice the memory for it. */
async function compileOnce(): Promise<void> {
  const node = startJoinedNode();
  await node.ask('facts');
  await node.end();
}

/** The node publishes all of them. @throws Error when it does not within a minute */
async function everything(world: World, keys: number): Promise<void> {
  for (const deadlineMs = performance.now() + 60_000; performance.now() < deadlineMs; await setTimeout(100)) {
    if ((await world.jwkSet()).keys?.length === keys) return;
  }
  throw new Error(`the node does not publish ${keys} keys`);
}

let made = 0;

async function change(world: World): Promise<Cost> {
  made += 1;
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const body = { name: `change-${made}`, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) };
  const before = await facts(world);
  const startMs = performance.now();
  const answer = await world.manager.post(jwks, body);
  const createMs = performance.now() - startMs;
  if (!JSON.parse(answer).deploymentResult.success) throw new Error(`it did not arrive: ${answer}`);
  return { createMs, nodeMs: ((await facts(world)).usedMicros - before.usedMicros) / 1e3 };
}

/** Of the larger node, after both were asked for their JWK Sets and then left alone. */
async function memoryMore(small: World, large: World): Promise<number> {
  for (const world of [small, large]) await world.jwkSet();
  await setTimeout(whileMs);
  return (await facts(large)).residentBytes - (await facts(small)).residentBytes;
}

function facts({ node }: World): Promise<NodeFacts> {
  return node.ask<NodeFacts>('facts');
}

function memoryRow(part: string, bytes: number): BenchRow {
  return {
    name: `Memory of a ${part}, ${many.toLocaleString('en')} keys more`,
    ours: `${(bytes / 1e6).toFixed(1)} MB`,
    yardstick: `${memoryLimitBytes / 1e6} MB`,
    ratio: bytes / memoryLimitBytes,
    goal: { atMost: 1 },
    note: 'resident, beside one with 10 keys; the yardstick is the limit',
  };
}
