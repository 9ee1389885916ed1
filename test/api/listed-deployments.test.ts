// Lists of JWKs have the deployment of each JWK, and can be narrowed to those that a node lacks.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { accepted, projectApi } from './support/project-api.ts';
import { makeCurveKey } from './support/sample-keys.ts';

let manager: TestManager;

beforeAll(async () => {
  manager = await startTestManager({ environments: ['production', 'staging'] });
  const [, p2, s1] = [
    await manager.addNode('production', 'p1'),
    await manager.addNode('production', 'p2'),
    await manager.addNode('staging', 's1'),
  ];
  const project = projectApi(manager.api);
  accepted(await project.paste('before', { ...makeCurveKey('P-256'), kid: 'before' }));
  await Promise.all([p2?.close(), s1?.close()]);
  expect((await project.paste('after', { ...makeCurveKey('P-256'), kid: 'after' })).status).toBe(200);
  // What a node confirmed last is written a moment later, and read from there once the node has left.
  await until(
    async () => (await names('deployment=DEPLOYED')).includes('before'),
    'confirmations are written',
  );
});

afterAll(() => manager.close());

async function listed(query: string) {
  const { status, body } = await manager.api('GET', `/apiops/projects/MyProject/jwks/?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.resultList as { name: string; deployments?: unknown }[];
}

const names = async (query: string) => (await listed(query)).map(({ name }) => name);

test('a list with deployments has the state of each JWK in each environment', async () => {
  const [after, before] = await listed('withDeployments=true');
  expect(before).toMatchObject({
    name: 'before',
    deployments: [
      { environmentName: 'production', state: 'DEPLOYED' },
      { environmentName: 'staging', state: 'DEPLOYED' },
    ],
  });
  expect(after).toMatchObject({
    name: 'after',
    deployments: [
      { environmentName: 'production', state: 'PARTIAL' },
      { environmentName: 'staging', state: 'MISSING' },
    ],
  });
});

test('a list without the parameter has no deployments', async () => {
  expect((await listed('')).every((jwk) => jwk.deployments === undefined)).toBe(true);
});

test('a list is narrowed to the JWKs that every node has, or that a node lacks', async () => {
  expect(await names('deployment=DEPLOYED')).toEqual(['before']);
  expect(await names('deployment=INCOMPLETE')).toEqual(['after']);
  expect(await names('deployment=INCOMPLETE&search=before')).toEqual([]);
  const { status, body } = await manager.api('GET', '/apiops/projects/MyProject/jwks/?deployment=MISSING');
  expect(status).toBe(400);
  expect(body).toMatchObject({ reason: 'FIELD_NOT_VALID', member: 'deployment' });
});

test('a JWK in an environment without nodes is incomplete', async () => {
  await manager.api('POST', '/apiops/environments/', { name: 'empty', type: 'TEST' });
  const before = (await listed('withDeployments=true')).find(({ name }) => name === 'before');
  expect(before?.deployments).toContainEqual({ environmentName: 'empty', state: 'NO_NODES' });
  expect(await names('deployment=DEPLOYED')).toEqual([]);
  expect(await names('deployment=INCOMPLETE')).toEqual(['after', 'before']);
  await manager.api('DELETE', '/apiops/environments/empty/');
  expect(await names('deployment=DEPLOYED')).toEqual(['before']);
});
