// A manager with a node that signs, each in its own process, and rings of which verifiers need to know nothing.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type BenchManager, startBenchManager } from '../bench-manager.ts';
import { type BenchProcess, startBenchProcess } from '../bench-process.ts';
import type { JoinedNodeOrder } from '../nodes/joined-node.ts';
import { operationRequest } from '../operations/operation-request.ts';
import type { NodeQuestion, SigningNode } from './signing-node.ts';

/** Plain JavaScript, so its types are declared here. */
const { runtime } = (await import(new URL('../../scripts/places.mjs', import.meta.url).href)) as {
  readonly runtime: { readonly args: string[]; readonly variables: NodeJS.ProcessEnv };
};

export const ringsPath = '/apiops/projects/Bench/key-rings/';

export interface SigningWorld {
  readonly manager: BenchManager;
  readonly node: SigningNode;
  /** Of the node. */
  usedMicros(): Promise<number>;
  /** The 99th percentile of the delay of the node's event loop since the last time this was asked. */
  loopDelayMs(): Promise<number>;
  /** @returns the token of an application that may sign with these rings */
  grant(rings: readonly string[]): Promise<string>;
  grantJwk(name: string, operations: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** D is nothing: a successor is ready once the node has it. */
export async function startSigningWorld(connections = 8): Promise<SigningWorld> {
  const settings = { KEYPLANE_JWKS_MAX_AGE: '0', KEYPLANE_JWKS_STALE_WHILE_REVALIDATE: '0' };
  const manager = await startBenchManager(connections, { settings });
  const dataDir = await mkdtemp(join(tmpdir(), 'keyplane-bench-node-'));
  await manager.post('/apiops/environments/', { name: 'bench', type: 'TEST', environmentSet: true });
  const { token } = JSON.parse(
    await manager.post('/apiops/environments/bench/enrollment-tokens/', { privateKeys: true }),
  );
  const order: JoinedNodeOrder = { managerUrl: manager.url, environment: 'bench', token, dataDir };
  const process_: BenchProcess = startBenchProcess(new URL('./signing-node.ts', import.meta.url), {
    execArgv: runtime.args,
    env: { ...process.env, ...runtime.variables },
  });
  const node = await process_.ask<SigningNode>(order);
  await connected(manager);
  const ask = (question: NodeQuestion) => process_.ask<number>({ question });
  let applications = 0;
  const apply = async (grants: readonly unknown[]): Promise<string> => {
    applications += 1;
    const body = { name: `application-${applications}`, grants };
    return JSON.parse(await manager.post('/apiops/projects/Bench/applications/', body)).token;
  };
  return {
    manager,
    node,
    usedMicros: () => ask('processor time'),
    loopDelayMs: () => ask('loop delay'),
    grant: (rings) => apply(rings.map((keyRingName) => ({ keyRingName, operations: ['SIGN', 'VERIFY'] }))),
    grantJwk: (jwkName, operations) => apply([{ jwkName, operations }]),
    async close() {
      await process_.end();
      await manager.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function connected(manager: BenchManager): Promise<void> {
  for (;;) {
    const [node] = JSON.parse(await manager.send('GET', '/apiops/environments/bench/nodes/')).resultList;
    if (node?.connected) return;
    await setTimeout(20);
  }
}

const ringTypes = {
  ES256: { type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } },
  RS256: { type: 'RSA', rsa: { keySize: 2048, algorithm: 'RS256' } },
  RS256of4096: { type: 'RSA', rsa: { keySize: 4096, algorithm: 'RS256' } },
  EdDSA: { type: 'OKP', okp: { curveType: 'ED25519', algorithm: 'EdDSA' } },
  'ML-DSA-65': { type: 'AKP', akp: { algorithm: 'ML-DSA-65' } },
};

/** The body of Create key ring, rotated by hand. */
export function ringBody(name: string, alg: keyof typeof ringTypes = 'ES256') {
  const type = ringTypes[alg];
  const nothing = { verifierCacheTime: 'PT0S', clockSkew: 'PT0S', rotationInterval: null };
  return { name, ...type, ...nothing, maxTokenLifetime: 'PT1S' };
}

export function signRequest(ring: string, token: string): string {
  const body = { claims: { sub: 'user-0001', scope: 'orders' }, lifetime: 'PT1S' };
  return operationRequest(`key-rings/${ring}/sign`, token, body);
}

/** Of an environment that is there so that a rotation reaches no node. */
const noNode = 'No node is registered in this environment';

export async function rotate({ manager }: SigningWorld, ring: string): Promise<void> {
  const answer = await manager.post(`${ringsPath}${ring}/rotate`, {});
  const { environmentResults } = JSON.parse(answer).deploymentResult;
  const hasFailed = ({ success, message }: { readonly success: boolean; readonly message: string }) =>
    !success && message !== noNode;
  if (environmentResults.some(hasFailed)) throw new Error(`it did not arrive: ${answer}`);
}

/** Five keys may be RETIRING; each is for a moment, as its tokens live for a second. */
export async function hasRoom({ manager }: SigningWorld, ring: string): Promise<void> {
  for (;;) {
    const { members } = JSON.parse(await manager.send('GET', `${ringsPath}${ring}/`)).resultList[0];
    const of = (state: string) =>
      members.filter((member: { state: string }) => member.state === state).length;
    if (of('RETIRING') < 3 && of('NEXT') === 1) return;
    await setTimeout(50);
  }
}
