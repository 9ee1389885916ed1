// Views from outside: what they hold, what every refusal says, and what nodes publish of them.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;
let node: RunningNode;
let publishDir: string;

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'], projects: ['MyProject', 'Other'] });
  ({ api } = world);
  publishDir = await mkdtemp(join(tmpdir(), 'keyplane-views-'));
  node = await world.addNode('gate', 'g1', { publishDir });
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
});

afterAll(async () => {
  await world?.close();
  await rm(publishDir, { recursive: true, force: true });
});

/** A change of a project is sent to nodes after its response. */
const patient = { timeout: 20_000 };
const kid = { keyIdType: 'SHA256' };

async function ok(method: string, path: string, body?: unknown) {
  const answer = await api(method, path, body);
  expect([answer.status, answer.body]).toMatchObject([200, { success: true }]);
  return answer.body;
}

const generate = (members: object) => ok('POST', `${base}/jwks/generate`, members);
const create = (name: string, members: object = {}) => ok('POST', `${base}/views/`, { name, ...members });
const addressOf = (name: string) => `${node.url}/projects/MyProject/views/${name}/.well-known/jwks.json`;

interface PublishedKey {
  readonly kid: string;
  readonly kty: string;
  readonly alg?: string;
}

async function keysAt(url: string): Promise<readonly PublishedKey[]> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return ((await response.json()) as { keys: PublishedKey[] }).keys;
}

/** Names of JWKs in a view, in the order of the set. */
async function namesIn(view: string): Promise<readonly string[]> {
  const { resultList } = (await api('GET', `${base}/jwks/?size=100`)).body;
  const names = new Map(resultList.map((jwk: { kid: string; name: string }) => [jwk.kid, jwk.name]));
  return (await keysAt(addressOf(view))).map((key) => String(names.get(key.kid)));
}

describe('the key types of a project’s own set', () => {
  const setUrl = () => `${node.url}/projects/MyProject/.well-known/jwks.json`;
  const shown = async () =>
    (await api('GET', '/apiops/projects/?search=MyProject')).body.resultList[0].publishKeyTypes;
  const types = async (url: string) => [...new Set((await keysAt(url)).map(({ kty }) => kty))].sort();

  test('are RSA, EC and OKP unless the project says otherwise', async () => {
    expect(await shown()).toEqual(['RSA', 'EC', 'OKP']);
    expect(await types(setUrl())).toEqual(['EC', 'OKP', 'RSA']);
  });

  test('are those that the project names, in the set of the environment, too, and views do not care', async () => {
    await create('everything');
    await ok('PUT', '/apiops/projects/MyProject/', { publishKeyTypes: ['EC'] });
    expect(await shown()).toEqual(['EC']);
    await expect.poll(() => types(setUrl()), patient).toEqual(['EC']);
    expect(await types(`${node.url}/.well-known/jwks.json`)).toEqual(['EC']);
    expect(await types(addressOf('everything'))).toEqual(['EC', 'OKP', 'RSA']);
    await ok('PUT', '/apiops/projects/MyProject/', { description: 'd' });
    expect(await shown()).toEqual(['EC']);
    await ok('PUT', '/apiops/projects/MyProject/', { publishKeyTypes: null });
    expect(await shown()).toEqual(['RSA', 'EC', 'OKP']);
    await expect.poll(() => types(setUrl()), patient).toEqual(['EC', 'OKP', 'RSA']);
  });

  test('have AKP only where the project names it: views may hold such keys all the same', async () => {
    await generate({ name: 'pq', type: 'AKP', akp: { algorithm: 'ML-DSA-44' } });
    await create('classic', { exclude: { keyTypes: ['AKP'] } });
    await create('post-quantum', { include: { keyTypes: ['AKP'] } });
    await create('any');
    const environmentSet = `${node.url}/.well-known/jwks.json`;
    expect(await types(setUrl())).toEqual(['EC', 'OKP', 'RSA']);
    expect(await types(environmentSet)).toEqual(['EC', 'OKP', 'RSA']);
    expect(await types(addressOf('classic'))).toEqual(['EC', 'OKP', 'RSA']);
    expect(await namesIn('post-quantum')).toEqual(['pq']);
    expect(await types(addressOf('any'))).toEqual(['AKP', 'EC', 'OKP', 'RSA']);
    await ok('PUT', '/apiops/projects/MyProject/', { publishKeyTypes: ['AKP', 'RSA', 'EC', 'OKP'] });
    await expect.poll(() => types(setUrl()), patient).toEqual(['AKP', 'EC', 'OKP', 'RSA']);
    expect(await types(environmentSet)).toEqual(['AKP', 'EC', 'OKP', 'RSA']);
    await ok('PUT', '/apiops/projects/MyProject/', { publishKeyTypes: ['OKP', 'EC', 'RSA'] });
    await expect.poll(() => types(setUrl()), patient).toEqual(['EC', 'OKP', 'RSA']);
  });

  test('give a key of another type no kid of its own: a kid names one key in every set of the project', async () => {
    const [taken] = await keysAt(setUrl());
    const { status, body } = await api('POST', `${base}/jwks/generate`, {
      name: 'pq-dup',
      type: 'AKP',
      kid: taken?.kid,
      akp: { algorithm: 'ML-DSA-44', keyIdType: 'NONE' },
    });
    expect([status, body.reason]).toEqual([400, 'KID_TAKEN']);
  });

  test('can be given when the project is created', async () => {
    await ok('POST', '/apiops/projects/', { name: 'Narrow', publishKeyTypes: ['EC'] });
    const { body } = await api('GET', '/apiops/projects/?search=Narrow');
    expect(body.resultList).toMatchObject([{ publishKeyTypes: ['EC'] }]);
  });

  test.each([
    [['OCT'], /^publishKeyTypes \(OCT\) is not valid! Valid values: RSA, EC, OKP/],
    [[], /^publishKeyTypes has no items!/],
  ])('%j are rejected', async (publishKeyTypes, text) => {
    for (const [method, path, name] of [
      ['PUT', '/apiops/projects/MyProject/', 'MyProject'],
      ['POST', '/apiops/projects/', 'Refused'],
    ] as const) {
      const { status, body } = await api(method, path, { name, publishKeyTypes });
      expect([status, body.reason, body.member]).toEqual([400, 'FIELD_NOT_VALID', 'publishKeyTypes']);
      expect(body.error_description).toMatch(text);
    }
    expect(await shown()).toEqual(['RSA', 'EC', 'OKP']);
  });
});
