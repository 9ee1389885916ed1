// Verify, sign with HS256 and decrypt at a node by 8 connections, against bare node:http with the same primitive.

import { randomBytes } from 'node:crypto';
import { startBenchProcess } from '../bench-process.ts';
import type { BenchRow } from '../bench-row.ts';
import { ringBody, ringsPath, type SigningWorld, startSigningWorld } from '../rings/ring-manager.ts';
import type { BareOrder } from './bare-operation.ts';
import { compared } from './compared.ts';
import { operationRequest } from './operation-request.ts';

const jwksPath = '/apiops/projects/Bench/jwks/';
const requestsPerRound = 2_400;

export async function run(): Promise<BenchRow[]> {
  const world = await startSigningWorld();
  try {
    return [
      await verifying(world, 'ES256'),
      await verifying(world, 'ML-DSA-65'),
      await macSigning(world),
      await decrypting(world),
    ];
  } finally {
    await world.close();
  }
}

async function verifying(world: SigningWorld, alg: 'ES256' | 'ML-DSA-65'): Promise<BenchRow> {
  const ring = `verifies-${alg}`;
  await world.manager.post(ringsPath, ringBody(ring, alg));
  const path = `key-rings/${ring}`;
  const token = await world.grant([ring]);
  const { jws } = await asked(
    world,
    operationRequest(`${path}/sign`, token, { claims: { sub: 'user-0001' } }),
  );
  // Not every key type is in the set of the project.
  const response = await fetch(`${world.node.url}/projects/Bench/jwks/${ring}.1`);
  const jwk = (await response.json()) as Readonly<Record<string, unknown>>;
  const request = operationRequest(`${path}/verify`, token, { jws });
  return against(world, { name: `verify ${alg}`, order: { operation: 'VERIFY', alg, jwk }, request });
}

async function macSigning(world: SigningWorld): Promise<BenchRow> {
  const type = { type: 'OCT', oct: { keySize: 256, algorithm: 'HS256', keyUseType: 'SIGNATURE' } };
  const { verifierCacheTime, clockSkew, rotationInterval, maxTokenLifetime } = ringBody('');
  const policy = { verifierCacheTime, clockSkew, rotationInterval, maxTokenLifetime };
  await world.manager.post(ringsPath, { name: 'macs', ...type, ...policy });
  const token = await world.grant(['macs']);
  const claims = { sub: 'user-0001', scope: 'orders' };
  const request = operationRequest('key-rings/macs/sign', token, { claims, lifetime: 'PT1S' });
  return against(world, { name: 'sign HS256', order: { operation: 'SIGN', alg: 'HS256' }, request });
}

async function decrypting(world: SigningWorld): Promise<BenchRow> {
  const key = randomBytes(32).toString('base64url');
  const jwk = { kty: 'oct', use: 'enc', alg: 'dir', kid: 'decrypts', k: key };
  const body = { name: 'decrypts', sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) };
  await world.manager.post(jwksPath, body);
  const token = await world.grantJwk('decrypts', ['ENCRYPT', 'DECRYPT']);
  const plaintext = 'a plaintext of the length that a session cookie has, or so';
  const { jwe } = await asked(world, operationRequest('jwks/decrypts/encrypt', token, { plaintext }));
  const request = operationRequest('jwks/decrypts/decrypt', token, { jwe });
  return against(world, { name: 'decrypt dir with A256GCM', order: { operation: 'DECRYPT', key }, request });
}

async function asked(world: SigningWorld, request: string): Promise<Record<string, unknown>> {
  const [head = '', body = ''] = request.split('\r\n\r\n');
  const path = head.split(' ')[1] ?? '';
  const authorization = /^Authorization: (.*)$/m.exec(head)?.[1]?.trim() ?? '';
  const response = await fetch(`${world.node.operationsUrl}${path}`, {
    method: 'POST',
    headers: { Authorization: authorization, 'Content-Type': 'application/json' },
    body,
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer as Record<string, unknown>;
}

async function against(
  world: SigningWorld,
  { name, order, request }: { readonly name: string; readonly order: BareOrder; readonly request: string },
): Promise<BenchRow> {
  const bare = startBenchProcess(new URL('./bare-operation.ts', import.meta.url));
  try {
    const url = await bare.ask<string>(order);
    const node = { url: world.node.operationsUrl, request };
    return await compared(`${name} at a node, 8 connections`, [node, { url, request }], {
      atLeast: requestsPerRound,
      goal: { atLeast: 0.8 },
      note: 'yardstick: bare node:http with the same primitive',
    });
  } finally {
    await bare.end();
  }
}
