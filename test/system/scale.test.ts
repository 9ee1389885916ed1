// Many nodes and many keys at once, a bounded part of what the bench does in full: what is asserted is that everything
// arrives, not how soon.

import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/new-id.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { type LightNode, lightNode } from './support/light-node.ts';

const keys = 2_000;
const nodes = 200;
/** For a machine that does much else. */
const patienceMs = 150_000;
const jwks = '/apiops/projects/MyProject/jwks/';
const environment = '/apiops/environments/production/';

let world: TestManager;
let lightNodes: LightNode[] = [];

beforeAll(async () => {
  world = await startTestManager({ settings: { KEYPLANE_DEPLOY_TIMEOUT: '50000' } });
  const { api, manager } = world;
  await create('key-0');
  await manager.services.store.write(async (stores) => {
    const owner = await stores.projects.find('MyProject');
    const made = await stores.jwks.find(owner?.id ?? '', 'key-0');
    if (!made) throw new Error('the first JWK is not there');
    for (let index = 1; index < keys; index += 1) {
      await stores.jwks.insert({ ...made, id: newId(), name: `key-${index}` });
    }
  });
  // An environment that is created later desires all JWKs of the project.
  await api('POST', '/apiops/environments/', {
    name: 'production',
    type: 'PRODUCTION',
    environmentSet: true,
  });
  const { body } = await api('POST', `${environment}enrollment-tokens/`);
  lightNodes = Array.from({ length: nodes }, (_, index) =>
    lightNode(
      { managerUrl: world.url, environment: 'production', token: body.token },
      `node-${String(index).padStart(3, '0')}`,
    ),
  );
}, 120_000);

afterAll(async () => {
  for (const node of lightNodes) node.close();
  await world?.close();
});

async function create(name: string) {
  const { kty, crv, x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'jwk',
  });
  const jwkStr = JSON.stringify({ kty, crv, x, y });
  return world.api('POST', jwks, { name, sourceType: 'COPY_PASTE', jwkStr });
}

test(`${nodes} nodes that join at once each get all of ${keys} keys, and every change after that`, {
  timeout: 180_000,
}, async () => {
  await until(() => lightNodes.every((node) => node.count === keys), 'every node has every key', patienceMs);
  const { body: created } = await create('one-more');
  expect(created.deploymentResult).toMatchObject({
    success: true,
    environmentResults: [{ environmentName: 'production', message: 'Deployed successfully' }],
  });
  expect(new Set(lightNodes.map((node) => node.count))).toEqual(new Set([keys + 1]));
  const { body: deleted } = await world.api('DELETE', `${jwks}key-7/`);
  expect(deleted.deploymentResult.success).toBe(true);
  expect(new Set(lightNodes.map((node) => node.count))).toEqual(new Set([keys]));
  expect(new Set(lightNodes.map((node) => node.digest)).size).toBe(1);
});

test('all of them are listed as connected and up to date', async () => {
  await until(
    async () => {
      const { body } = await world.api('GET', `${environment}nodes/`);
      const list: { connected: boolean; appliedRevision: number }[] = body.resultList;
      const revisions = new Set(list.map((node) => node.appliedRevision));
      return list.length === nodes && revisions.size === 1 && list.every((node) => node.connected);
    },
    'the list of nodes shows it',
    patienceMs,
  );
}, 180_000);
