// How long after a node's publication of a new JWK each of 100 outlets, half FILES and half ENVOY, has delivered it. The publication
// is seen by a client that asks again and again; the delivery is the time at which the file was put into its place.

import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchManager, startBenchManager } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import { bodyOf } from '../creates/create-world.ts';
import { startJoinedNode } from '../nodes/start-joined-node.ts';
import { percentile } from '../rings/timed-requests.ts';
import { joinOutletNode } from './join-outlet-node.ts';

const outletsOfKind = 50;
const creates = 20;
const limitMs = 2_000;
const askEveryMs = 2;
const base = '/apiops/projects/Bench';

export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-outlets-'));
  const manager = await startBenchManager(1);
  const node = startJoinedNode();
  try {
    const url = await joinOutletNode(manager, node, folder);
    const files = await createOutlets(manager, join(folder, 'outlets', 'Bench'));
    const delays: number[] = [];
    // The first one is not counted: outlets may still be on their way to the node.
    for (let made = 0; made <= creates; made += 1) {
      const found = await delaysOfOne(manager, url, files);
      if (made > 0) delays.push(...found);
    }
    const p99 = percentile(delays, 0.99);
    return [
      {
        name: `Delivery of a new JWK to ${files.length} outlets of a node (FILES and ENVOY), after its publication`,
        ours: `p99 ${p99.toFixed(0)} ms`,
        yardstick: `${limitMs} ms`,
        ratio: p99 / limitMs,
        goal: { atMost: 1 },
        note: `the yardstick is the limit; median ${percentile(delays, 0.5).toFixed(0)} ms, longest ${Math.max(...delays).toFixed(0)} ms; ${delays.length} deliveries`,
      },
    ];
  } finally {
    await node.end();
    await manager.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns their files */
async function createOutlets(manager: BenchManager, folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (let number = 0; number < outletsOfKind; number += 1) {
    const envoy = { path: `envoy-${number}.json`, resourceName: 'jwt', providers: { keyplane: {} } };
    const outlets = [
      { kind: 'FILES', content: 'JWKS', target: { path: `set-${number}.json`, layout: 'RENAME' } },
      { kind: 'ENVOY', content: 'JWT_AUTHN', target: envoy },
    ];
    for (const outlet of outlets) {
      await manager.post(`${base}/outlets/`, { name: `${outlet.kind}-${number}`, source: null, ...outlet });
      files.push(join(folder, outlet.target.path));
    }
  }
  return files;
}

async function delaysOfOne(
  manager: BenchManager,
  url: string,
  files: readonly string[],
): Promise<readonly number[]> {
  const body = bodyOf('pasted');
  const kid = String(body.name);
  await manager.post(`${base}/jwks/`, body);
  const set = `${url}/projects/Bench/.well-known/jwks.json`;
  while (!(await (await fetch(set)).text()).includes(`"${kid}"`)) await sleep(askEveryMs);
  const publishedAt = Date.now();
  return Promise.all(
    files.map(async (file) => {
      while (!(await readFile(file, 'utf8').catch(() => '')).includes(kid)) await sleep(50);
      return Math.max(0, (await stat(file)).ctimeMs - publishedAt);
    }),
  );
}
