// How long after the rename of the file of an ENVOY outlet Envoy accepts a token of the key that is new in it. The node is
// stopped (SIGSTOP) as soon as its manager has staged the key, so that requests with a token of the key are sent before the
// rename; a rotation whose file was written already is not counted. The time of the rename is the ctime of the file, which
// may be some milliseconds too early; the time of the acceptance is that of the answer. So the figures are upper bounds.

import { spawnSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { importJWK, type JWK, SignJWT } from 'jose';
import { documentedFile, RunningEnvoy } from '../../test/outlets/support/running-envoy.ts';
import { findEnvoy } from '../../test/system/support/envoy.ts';
import { freePorts } from '../../test/system/support/ports.ts';
import { type BenchManager, median, startBenchManager } from '../bench-manager.ts';
import type { BenchProcess } from '../bench-process.ts';
import type { BenchRow } from '../bench-row.ts';
import { startJoinedNode } from '../nodes/start-joined-node.ts';
import { ringBody } from '../rings/ring-manager.ts';
import { joinOutletNode } from './join-outlet-node.ts';

const rotations = 10;
/** Rotations of which the node was stopped too late. */
const mostEarly = 50;
const limitMs = 1_000;
const lookEveryMs = 2;
const patienceMs = 30_000;
/** Of the documentation page, whose configuration Envoy gets. */
const [project, page] = ['MyProject', 'docs/outlets/envoy.md'];
const base = `/apiops/projects/${project}`;
const claims = { iss: 'https://issuer.example.com', aud: 'orders' };

interface World {
  readonly manager: BenchManager;
  readonly node: BenchProcess;
  readonly envoy: RunningEnvoy;
  /** Where Envoy listens. */
  readonly address: string;
  /** Of the outlet. */
  readonly file: string;
}

interface Member {
  readonly version: number;
  readonly kid: string;
  readonly state: string;
  readonly readyAt: string | null;
}

/** @throws Error where Envoy is not there */
export async function run(): Promise<BenchRow[]> {
  const program = findEnvoy();
  if (program === undefined) {
    throw new Error('nothing is measured: Envoy is neither on the path nor can it be fetched');
  }
  const version = versionOf(program);
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-envoy-'));
  const settings = { KEYPLANE_JWKS_MAX_AGE: '0', KEYPLANE_JWKS_STALE_WHILE_REVALIDATE: '0' };
  const manager = await startBenchManager(2, { project, settings });
  const node = startJoinedNode();
  const envoy = new RunningEnvoy(folder);
  try {
    await joinOutletNode(manager, node, folder);
    const file = join(folder, 'outlets', project, 'envoy/jwt-authn.json');
    const port = await freePorts(1);
    const address = `http://127.0.0.1:${port}/`;
    const world = { manager, node, envoy, address, file };
    await makeOutlet(world);
    envoy.start(program, documentedFile(page, 'envoy.yaml').replaceAll('8093', `${port}`));
    await acceptedAt(world, await tokenOf(manager, await successorAfter(manager)));
    return [await measure(world, version)];
  } finally {
    process.kill(node.pid, 'SIGCONT');
    await envoy.stop();
    await node.end();
    await manager.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function versionOf(program: string): string {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  const version = /\/(\d+\.\d+\.\d+)\//.exec(stdout ?? '')?.[1];
  if (version === undefined)
    throw new Error(`nothing is measured: ${program} does not tell its version as Envoy does`);
  return version;
}

/** With its ring; until the file is there. */
async function makeOutlet({ manager, file }: World): Promise<void> {
  await manager.post(`${base}/key-rings/`, { ...ringBody('orders'), exportable: true });
  const providers = { orders: { issuer: claims.iss, audiences: [claims.aud] } };
  await manager.post(`${base}/outlets/`, {
    name: 'envoy',
    kind: 'ENVOY',
    content: 'JWT_AUTHN',
    source: { keyRingName: 'orders' },
    target: { path: 'envoy/jwt-authn.json', resourceName: 'keyplane', providers },
  });
  const { kid } = await successorAfter(manager);
  await renamedAt(file, kid);
}

async function measure(world: World, version: string): Promise<BenchRow> {
  const delays: number[] = [];
  let early = 0;
  while (delays.length < rotations) {
    const delay = await delayOfOne(world);
    if (delay !== undefined) delays.push(delay);
    else if (++early > mostEarly) throw new Error('the node is never stopped in time');
  }
  const [worst, middle] = [Math.max(...delays), median(delays)];
  return {
    name: `First token of a new key that Envoy ${version} accepts, after the rename of the file of an ENVOY outlet`,
    ours: `worst ${worst.toFixed(0)} ms`,
    yardstick: `${limitMs} ms`,
    ratio: worst / limitMs,
    goal: { atMost: 1 },
    note: `the yardstick is the limit; median ${middle.toFixed(0)} ms of ${delays.length} rotations; ${early} not counted`,
  };
}

/** @returns milliseconds from the rename to the first token that is accepted; undefined: the file was written too early */
async function delayOfOne(world: World): Promise<number | undefined> {
  const { manager, node, address, file } = world;
  const version = await rotatable(manager);
  // It is answered when the node has confirmed the successor.
  const rotated = manager.post(`${base}/key-rings/orders/rotate`, {});
  const staged = await successorAfter(manager, version);
  process.kill(node.pid, 'SIGSTOP');
  const isEarly = (await readFile(file, 'utf8')).includes(staged.kid);
  const token = await tokenOf(manager, staged);
  const status = await statusOf(address, token);
  if (!isEarly && status !== 401) throw new Error(`Envoy answered ${status} to a token of an unknown key`);
  const both = Promise.all([renamedAt(file, staged.kid), acceptedAt(world, token)]);
  process.kill(node.pid, 'SIGCONT');
  const [renamedMs, acceptedMs] = await both;
  await rotated;
  if (isEarly) return undefined;
  if (acceptedMs < renamedMs) throw new Error('Envoy accepted a token before the rename');
  return acceptedMs - renamedMs;
}

/** @returns the successor, once it has a higher version; it is STAGED until the node and the outlet confirm it */
async function successorAfter(manager: BenchManager, version = 0): Promise<Member> {
  return until('a key is staged', async () => {
    const members = await membersOf(manager);
    return members.find(
      ({ state, version: own }) => (state === 'STAGED' || state === 'NEXT') && own > version,
    );
  });
}

/** Until a rotation takes effect at once: five keys may be RETIRING. @returns the version of the successor */
async function rotatable(manager: BenchManager): Promise<number> {
  return until('a successor is ready', async () => {
    const members = await membersOf(manager);
    const isFull = members.filter(({ state }) => state === 'RETIRING').length > 2;
    const isReady = ({ state, readyAt }: Member) =>
      state === 'NEXT' && readyAt !== null && Date.parse(readyAt) <= Date.now();
    return isFull ? undefined : members.find(isReady)?.version;
  });
}

async function membersOf(manager: BenchManager): Promise<readonly Member[]> {
  return JSON.parse(await manager.send('GET', `${base}/key-rings/orders/`)).resultList[0].members;
}

/** Signed here, as a node signs with the ACTIVE key only. */
async function tokenOf(manager: BenchManager, { kid, version }: Member): Promise<string> {
  const file = await manager.send('GET', `${base}/jwks/orders.${version}/export-file/`);
  const [key] = (JSON.parse(file) as { readonly keys: readonly JWK[] }).keys;
  if (key?.d === undefined) throw new Error(`${kid} has no private half`);
  const token = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).setExpirationTime('10m');
  return token.sign(await importJWK(key, 'ES256'));
}

/** @returns the time by the clock at which the file with this key was put into its place, in milliseconds */
function renamedAt(path: string, kid: string): Promise<number> {
  return until('the file has the key', async () => {
    const file = await open(path).catch(() => undefined);
    if (file === undefined) return undefined;
    try {
      const content = await file.readFile('utf8');
      return content.includes(kid) ? (await file.stat()).ctimeMs : undefined;
    } finally {
      await file.close();
    }
  });
}

/** @returns the time by the clock at which the first answer that accepts the token was received, in milliseconds */
function acceptedAt({ envoy, address }: World, token: string): Promise<number> {
  return until('Envoy accepts the token', async () => {
    envoy.requireRunning();
    return (await statusOf(address, token)) === 200 ? Date.now() : undefined;
  });
}

/** 0 while nothing listens there. */
async function statusOf(address: string, token: string): Promise<number> {
  const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } }).catch(
    () => undefined,
  );
  await answer?.arrayBuffer();
  return answer?.status ?? 0;
}

/** @throws Error after half a minute */
async function until<Found>(what: string, look: () => Promise<Found | undefined>): Promise<Found> {
  const startedAt = performance.now();
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() - startedAt > patienceMs)
      throw new Error(`in ${patienceMs / 1_000} s it did not happen that ${what}`);
    await sleep(lookEveryMs);
  }
}
