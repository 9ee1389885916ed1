// A project with a key of each public type, a secret and a key ring, at one node that also publishes files.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunningNode } from '../../../src/node/start-node.ts';
import { type Answer, type Api, startTestManager, type TestManager } from '../../support/manager.ts';

export const base = '/apiops/projects/MyProject';
/** A change of a project is sent to nodes after its response. */
export const patient = { timeout: 60_000 };

/** Of a generated key. */
export const kid = Object.freeze({ keyIdType: 'SHA256' });

export interface PublishedKey {
  readonly kid: string;
  readonly kty: string;
  readonly alg?: string;
}

export interface ViewWorld {
  readonly world: TestManager;
  readonly api: Api;
  readonly node: RunningNode;
  readonly publishDir: string;
  /** The body of an answer that has to be a success. */
  ok(method: string, path: string, body?: unknown): Promise<Answer['body']>;
  generate(members: object): Promise<Answer['body']>;
  /** A view. */
  create(name: string, members?: object): Promise<Answer['body']>;
  addressOf(view: string): string;
  /** Names of JWKs in a view, in the order of the set. */
  namesIn(view: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startViewWorld(): Promise<ViewWorld> {
  const world = await startTestManager({ environments: ['gate'], projects: ['MyProject', 'Other'] });
  const { api } = world;
  const publishDir = await mkdtemp(join(tmpdir(), 'keyplane-views-'));
  const node = await world.addNode('gate', 'g1', { publishDir });
  const ok: ViewWorld['ok'] = async (method, path, body) => {
    const answer = await api(method, path, body);
    expect([answer.status, answer.body]).toMatchObject([200, { success: true }]);
    return answer.body;
  };
  const generate = (members: object) => ok('POST', `${base}/jwks/generate`, members);
  const addressOf = (view: string) => `${node.url}/projects/MyProject/views/${view}/.well-known/jwks.json`;
  await generate({ name: 'rsa-sig', type: 'RSA', rsa: { keySize: 2048, algorithm: 'RS256', ...kid } });
  await generate({ name: 'ec-sig', type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256', ...kid } });
  await generate({ name: 'ec-384', type: 'EC', ec: { curveType: 'P384', algorithm: 'ES384', ...kid } });
  await generate({
    name: 'okp-enc',
    type: 'OKP',
    okp: { curveType: 'X25519', keyUseType: 'ENCRYPTION', algorithm: 'ECDH-ES', ...kid },
  });
  await generate({ name: 'secret', type: 'OCT', oct: { keySize: 256, algorithm: 'HS256', ...kid } });
  await ok('POST', `${base}/key-rings/`, {
    name: 'signing',
    type: 'EC',
    ec: { curveType: 'P256', algorithm: 'ES256' },
    verifierCacheTime: 'PT0S',
  });
  return {
    world,
    api,
    node,
    publishDir,
    ok,
    generate,
    create: (name, members = {}) => ok('POST', `${base}/views/`, { name, ...members }),
    addressOf,
    async namesIn(view) {
      const { resultList } = (await api('GET', `${base}/jwks/?size=100`)).body;
      const names = new Map(resultList.map((jwk: { kid: string; name: string }) => [jwk.kid, jwk.name]));
      return (await keysAt(addressOf(view))).map((key) => String(names.get(key.kid)));
    },
    async close() {
      await world.close();
      await rm(publishDir, { recursive: true, force: true });
    },
  };
}

export async function keysAt(url: string): Promise<readonly PublishedKey[]> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return ((await response.json()) as { keys: PublishedKey[] }).keys;
}
