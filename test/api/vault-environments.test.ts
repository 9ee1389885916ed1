// VAULT_KV holds what its environments have: the key of a ring of production is not written for staging.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startTestManager, type TestManager, until } from '../support/manager.ts';
import { startVaultStandIn, type VaultStandIn } from '../support/vault-stand-in.ts';

const base = '/apiops/projects/MyProject';
const outlets = `${base}/outlets/`;
let world: TestManager;
let api: Api;
let vault: VaultStandIn;

beforeAll(async () => {
  vault = await startVaultStandIn();
  world = await startTestManager({
    environments: ['production', 'staging'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  ({ api } = world);
  await world.addNode('production', 'p1');
  await world.addNode('staging', 's1');
  await done('key-rings/', {
    name: 'orders',
    type: 'EC',
    ec: { curveType: 'P256' },
    exportable: true,
    environmentNames: ['production'],
  });
  await done('jwks/generate', {
    name: 'everywhere',
    kid: 'everywhere',
    type: 'EC',
    ec: { curveType: 'P256' },
  });
  await until(async () => (await ring()).members[0].state === 'ACTIVE', 'the key is ACTIVE');
});
afterAll(async () => {
  await world?.close();
  await vault?.close();
});

async function done(path: string, body: object): Promise<void> {
  expect((await api('POST', `${base}/${path}`, body)).body).toMatchObject({ success: true });
}
const ring = async () => (await api('GET', `${base}/key-rings/orders/`)).body.resultList[0];
const create = (name: string, more: object) =>
  done('outlets/', {
    name,
    kind: 'VAULT_KV',
    target: { address: vault.url, mount: 'secret', path: name },
    credential: { type: 'APPROLE', roleId: 'role', secretId: 'secret' },
    ...more,
  });
const stateOf = async (name: string) =>
  (await api('GET', `${outlets}${name}/`)).body.resultList[0].environments[0];
const isIn = (name: string, state: string) =>
  until(async () => (await stateOf(name)).state === state, `outlet ${name} is ${state}`);
const namesIn = (name: string): readonly string[] => {
  const { keys } = JSON.parse(vault.secrets.get(`secret/${name}`)?.data?.['jwks.json'] ?? '{}');
  return keys.map(({ kid }: { kid: string }) => (kid === 'everywhere' ? kid : 'orders'));
};

test("the project's set is that of the environments", async () => {
  await create('staging', { content: 'JWKS', environmentNames: ['staging'] });
  await create('production', { content: 'JWKS', environmentNames: ['production'] });
  await create('both', { content: 'JWKS' });
  for (const name of ['staging', 'production', 'both']) await isIn(name, 'CURRENT');
  expect(namesIn('staging')).toEqual(['everywhere']);
  expect(namesIn('production')).toContain('orders');
  expect(namesIn('both')).toContain('orders');
});

test('private keys of a ring stay out of a secret of other environments', async () => {
  const source = { keyRingName: 'orders' };
  await create('stray', { content: 'JWKS_PRIVATE', source, environmentNames: ['staging'] });
  await isIn('stray', 'FAILING');
  expect((await stateOf('stray')).lastError).toBe(
    'The source has no private key in the environments of the outlet!',
  );
  expect(vault.secrets.has('secret/stray')).toBe(false);
  const change = await api('PUT', `${outlets}stray/`, { environmentNames: ['production'] });
  expect(change.body).toMatchObject({ success: true });
  await isIn('stray', 'CURRENT');
  expect(namesIn('stray')).toEqual(['orders']);
});

test('a ring that enters an environment enters its secret', async () => {
  const change = await api('PUT', `${base}/key-rings/orders/`, {
    environmentNames: ['production', 'staging'],
  });
  expect(change.body).toMatchObject({ success: true });
  await until(() => namesIn('staging').includes('orders'), 'the secret of staging has the key');
});

test('a ring whose environments were altered in the database is in no secret', async () => {
  const [{ environment_ids: before }] = (await world.raw(
    "select environment_ids from key_rings where name = 'orders'",
  )) as [{ environment_ids: string }];
  const set = (value: string) =>
    world.raw(`update key_rings set environment_ids = ${value} where name = 'orders'`);
  await set('null');
  await create('of-altered', {
    content: 'JWKS_PRIVATE',
    source: { keyRingName: 'orders' },
    environmentNames: ['staging'],
  });
  await isIn('of-altered', 'FAILING');
  expect((await stateOf('of-altered')).lastError).toContain('Key ring (name: orders) was altered');
  expect(vault.secrets.has('secret/of-altered')).toBe(false);
  await set(`'${before}'`);
});

test('environments that were deleted get nothing', async () => {
  expect((await api('POST', '/apiops/environments/', { name: 'gone', type: 'TEST' })).status).toBe(200);
  await create('of-deleted', { content: 'JWKS', environmentNames: ['gone'] });
  await isIn('of-deleted', 'CURRENT');
  expect((await api('DELETE', '/apiops/environments/gone/')).status).toBe(200);
  vault.secrets.delete('secret/of-deleted');
  await done('outlets/of-deleted/deliver', {});
  await create('later', { content: 'JWKS', environmentNames: ['staging'] });
  await isIn('later', 'CURRENT');
  expect(vault.secrets.has('secret/of-deleted')).toBe(false);
});
