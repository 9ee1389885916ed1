// Nodes that are down, slow, cut off, rejecting or lying, and a manager that is permanently down, while clients request
// JWK Sets at a fixed rate. Every request for a set is answered, for every failure behind the node.

import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../test/support/manager.ts';
import { startTcpProxy, type TcpProxy } from '../test/support/tcp-proxy.ts';
import type { ServeProcess } from '../test/system/support/keyplane-process.ts';
import {
  jwkNames,
  jwksPath,
  kidsOf,
  pastedJwk,
  startWorld,
  type World,
} from '../test/system/support/world.ts';
import type { FaultRow, FaultRun } from './fault-row.ts';
import { createOn, nothingCreated } from './support/creating-clients.ts';
import { startLyingNode } from './support/lying-node.ts';
import { loadText, startOpenLoop } from './support/open-loop.ts';
import { startTcpBalancer } from './support/tcp-balancer.ts';

export const limitSeconds = 240;

const perSecond = 200;
const catchUpMs = 40_000;
const deployTimeoutMs = 1_000;

interface Scene {
  readonly world: World;
  /** The node with the fault, behind its own wire, and a healthy node. */
  readonly troubled: ServeProcess;
  readonly wire: TcpProxy;
  readonly healthy: ServeProcess;
  readonly run: FaultRun;
}

export async function run(run: FaultRun): Promise<FaultRow[]> {
  const world = await startWorld({ KEYPLANE_DEPLOY_TIMEOUT: String(deployTimeoutMs) });
  const wire = await startTcpProxy(world.port);
  const managerUrl = `http://127.0.0.1:${wire.port}`;
  const healthy = await world.startNode('healthy');
  const troubled = await world.startNode('troubled', { managerUrl });
  for (const name of ['healthy', 'troubled']) await world.connected(name);
  await world.api('POST', jwksPath, pastedJwk('first'));
  const scene: Scene = { world, wire, healthy, troubled, run };
  const rows: FaultRow[] = [];
  for (const [name, trouble] of Object.entries(troubles)) {
    rows.push(await underLoad(scene, name, trouble));
    run.tell(name);
  }
  await Promise.all([troubled, healthy, world.manager].map((process) => process.stop()));
  rows.push(await withoutManager(run));
  await wire.close();
  return rows;
}

type Trouble = (scene: Scene) => Promise<void>;

/** Each brings its trouble over the node, changes something, and takes the trouble away. */
const troubles: Readonly<Record<string, Trouble>> = {
  'node cut off for 500 changes': async ({ world, wire, run }) => {
    wire.cut();
    const count = run.size({ full: 500, quick: 40 });
    await changes(world, count);
    wire.heal();
  },
  'connection half open': async ({ world, wire }) => {
    wire.freeze();
    await changes(world, 5);
    await sleep(500);
    wire.heal();
  },
  'connection dead without a reset': async ({ world, wire }) => {
    wire.freezePresent();
    await changes(world, 5);
  },
  'slow network': async ({ world, wire }) => {
    wire.delay(300);
    wire.throttle(64 * 1024);
    await changes(world, 20);
    wire.delay(0);
    wire.throttle(Number.POSITIVE_INFINITY);
  },
  'a node that rejects changes, one that reports a wrong digest': async ({ world }) => {
    const joins = { url: world.url, environment: 'production', token: world.token };
    const liars = [startLyingNode(joins, 'refuser', 'refuse'), startLyingNode(joins, 'liar', 'lie')];
    for (const name of ['refuser', 'liar']) await world.connected(name);
    const { body } = await world.api('POST', jwksPath, pastedJwk('beside-liars'));
    const [{ message }] = body.deploymentResult.environmentResults;
    for (const liar of liars) liar.close();
    if (!/Node \(liar\).*digest/.test(message)) throw new Error(`the liar was believed: ${message}`);
    if (!/Node \(refuser\): no room/.test(message))
      throw new Error(`the rejection was not reported: ${message}`);
    if (/healthy|troubled/.test(message)) throw new Error(`others suffered: ${message}`);
    for (const name of ['refuser', 'liar'])
      await world.api('DELETE', `/apiops/environments/production/nodes/${name}/`);
  },
};

let rounds = 0;

async function changes(world: World, count: number): Promise<void> {
  rounds += 1;
  const created = nothingCreated();
  const done = new AbortController();
  const load = createOn({ count: 16, api: world.api, prefix: `change-${rounds}` }, created, done.signal);
  await until(() => created.acknowledged.size >= count, `${count} changes`, 120_000);
  done.abort();
  await load;
  if (created.refused.size > 0) throw new Error(`${created.refused.size} creates were refused`);
}

async function underLoad(scene: Scene, name: string, trouble: Trouble): Promise<FaultRow> {
  const { world, troubled, healthy } = scene;
  const nodes = [troubled, healthy];
  const load = startOpenLoop(
    nodes.map(({ url }) => url),
    perSecond,
  );
  const broken: string[] = [];
  await trouble(scene).catch((error: Error) => broken.push(error.message));
  const startedAt = performance.now();
  const names = await jwkNames(world.api);
  const level = async () =>
    (await Promise.all(nodes.map(kidsOf))).every((kids) => kids.length === names.length);
  await until(level, 'both nodes have everything again', catchUpMs).catch((error: Error) =>
    broken.push(error.message),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const figures = await load.stop();
  broken.push(...new Set(figures.failures));
  return {
    scenario: name,
    promise: 'not one JWK Set request fails; the node catches up by itself',
    figure: `${loadText(figures)}; level again after ${seconds.toFixed(1)} s`,
    broken,
  };
}

/** With its own nodes that hold few keys: the load balancer forwards every byte and is not under test here. */
async function withoutManager(run: FaultRun): Promise<FaultRow> {
  const world = await startWorld();
  const troubled = await world.startNode('troubled');
  const healthy = await world.startNode('healthy');
  for (const name of ['healthy', 'troubled']) await world.connected(name);
  for (let number = 0; number < 20; number += 1)
    await world.api('POST', jwksPath, pastedJwk(`kept-${number}`));
  const ports = [troubled, healthy].map(({ url }) => Number(new URL(url).port));
  const [first = 0, second = 0] = ports;
  await world.manager.stop('SIGKILL');
  const expected = await kidsOf(healthy);
  const balancer = await startTcpBalancer(ports, { replay: true });
  const load = startOpenLoop([balancer.url], perSecond);
  const broken: string[] = [];
  const running = { troubled, healthy };
  const restarts = run.size({ full: 10, quick: 2 });
  for (let round = 0; round < restarts; round += 1) {
    for (const [name, port] of [
      ['troubled', first],
      ['healthy', second],
    ] as const) {
      await running[name].stop(round % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
      running[name] = await world.startNode(name, { port });
      const kids = await kidsOf(running[name]);
      if (kids.length !== expected.length)
        broken.push(`${name} came back with ${kids.length} of ${expected.length} keys`);
    }
  }
  const figures = await load.stop();
  broken.push(...new Set(figures.failures));
  await balancer.close();
  return {
    scenario: 'manager never returns, nodes restarted and killed in turn',
    promise: 'not one JWK Set request to the pair of nodes fails',
    figure: `${2 * restarts} restarts, half of them kills; ${loadText(figures)}`,
    broken,
  };
}
