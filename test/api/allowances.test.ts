// What a JWK may be used for in operations beside the ordinary: allowRsa15, allowCompressed, maxIterationCount.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeployedJwk } from '../../src/protocol/content.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';
import { makeRsaKey } from './support/sample-keys.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;

beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'] });
  ({ api } = world);
});
afterAll(() => world?.close());

const rsa15 = { type: 'RSA', rsa: { keySize: 2048, keyUseType: 'ENCRYPTION', algorithm: 'RSA1_5' } };
const password = {
  type: 'OCT',
  oct: {
    keySize: 256,
    keyUseType: 'ENCRYPTION',
    algorithm: 'PBES2-HS256+A128KW',
    passwordIterationCount: 5000,
    passwordSaltLength: 24,
  },
};
const signing = { type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } };
const generate = (name: string, body: object) => api('POST', `${base}/jwks/generate`, { name, ...body });
const shown = async (name: string) => (await api('GET', `${base}/jwks/${name}/`)).body.resultList[0];

/** As nodes are sent it; an object whose digest is not the desired one is left out. */
async function deployed(name: string): Promise<DeployedJwk | undefined> {
  const { store, pages } = world.manager.services;
  const [environment] = await store.read(({ environments }) => environments.list());
  const position = { after: 0, tombstonesAbove: 'now' } as const;
  const page = await pages.next(environment?.id ?? '', position, Number.POSITIVE_INFINITY);
  const changes: readonly { readonly put?: DeployedJwk }[] =
    typeof page === 'object' ? JSON.parse(page.changes) : [];
  return changes.flatMap(({ put }) => put ?? []).find((one) => one.kind === 'jwk' && one.name === name);
}

test('they are stored, shown, deployed, kept by an update that does not name them, and taken back', async () => {
  const allowed = { allowRsa15: true, allowCompressed: true };
  expect((await generate('old', { ...rsa15, ...allowed })).status).toBe(200);
  expect(await shown('old')).toMatchObject(allowed);
  expect((await deployed('old'))?.operations).toEqual(allowed);
  expect((await api('PUT', `${base}/jwks/old/`, { description: 'old partner' })).status).toBe(200);
  expect(await shown('old')).toMatchObject(allowed);
  await api('PUT', `${base}/jwks/old/`, { allowRsa15: false });
  const after = await shown('old');
  expect(after).not.toHaveProperty('allowRsa15');
  expect(after.allowCompressed).toBe(true);
  await api('PUT', `${base}/jwks/old/`, { allowCompressed: false });
  expect(await deployed('old')).not.toHaveProperty('operations');
});

test('a pasted key has them, and a new key keeps those that fit it', async () => {
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...rest } = makeRsaKey();
  const paste = { sourceType: 'COPY_PASTE', jwkStr: JSON.stringify({ ...rest, alg: 'RSA1_5' }) };
  const made = await api('POST', `${base}/jwks/`, { name: 'pasted', ...paste, allowRsa15: true });
  expect(made.status).toBe(200);
  const next = { sourceType: 'COPY_PASTE', jwkStr: JSON.stringify({ ...rest, alg: 'RS256' }) };
  expect((await api('PUT', `${base}/jwks/pasted/`, next)).status).toBe(200);
  expect(await shown('pasted')).not.toHaveProperty('allowRsa15');
});

test('a generated password is deployed with its own count and salt, and its most is bounded by them', async () => {
  expect((await generate('password', { ...password, maxIterationCount: 200_000 })).status).toBe(200);
  expect((await shown('password')).maxIterationCount).toBe(200_000);
  expect((await deployed('password'))?.operations).toEqual({
    maxIterationCount: 200_000,
    iterationCount: 5000,
    saltOctets: 24,
  });
  expect((await api('PUT', `${base}/jwks/password/`, { maxIterationCount: null })).status).toBe(200);
  expect(await shown('password')).not.toHaveProperty('maxIterationCount');
  for (const count of [4999, 10_000_001]) {
    const { body } = await generate('too-few', { ...password, maxIterationCount: count });
    expect(body).toMatchObject({
      error_description: `maxIterationCount (${count}) is not valid! It takes a whole number from 5000 to 10000000`,
      member: 'maxIterationCount',
    });
  }
});

test.for([
  [signing, { allowRsa15: true }, 'allowRsa15 is for keys of algorithm RSA1_5!'],
  [signing, { allowCompressed: true }, 'allowCompressed is for keys of use type ENCRYPTION!'],
  [signing, { maxIterationCount: 1000 }, 'maxIterationCount is for keys of a PBES2 algorithm!'],
  [password, { allowRsa15: true }, 'allowRsa15 is for keys of algorithm RSA1_5!'],
] as const)('%j with %j is rejected', async ([key, allowance, text]) => {
  const { status, body } = await generate('invalid', { ...key, ...allowance });
  expect([status, body.error_description]).toEqual([400, text]);
});

test('one that was written into the database is not deployed', async () => {
  await generate('forged', rsa15);
  await world.raw(`update jwks set operations = '{"allowRsa15":true}' where name = 'forged'`);
  expect((await api('GET', `${base}/jwks/forged/`)).body.reason).toBe('ALTERED_IN_DATABASE');
});
