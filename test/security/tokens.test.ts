import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNode } from '../../src/node/start-node.ts';
import { projectApi } from '../api/support/project-api.ts';
import { p256Public } from '../api/support/sample-keys.ts';
import { type Api, apiOf, signedIn, silent, startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
beforeAll(async () => {
  world = await startTestManager({
    environments: ['production', 'staging'],
    projects: ['Everywhere', 'Hidden'],
  });
  const hidden = { name: 'staging', type: 'TEST', projects: ['Everywhere'] };
  expect((await world.api('PUT', '/apiops/environments/staging/', hidden)).status).toBe(200);
});
afterAll(() => world.close());

const invalid = {
  status: 401,
  body: { error: 'unauthorized_client', error_description: 'Invalid token', reason: 'TOKEN_NOT_VALID' },
};
const list = '/apiops/tokens/';

async function personal(api: Api, body: object): Promise<Api> {
  const made = await api('POST', list, body);
  expect(made.status, JSON.stringify(made.body)).toBe(200);
  return apiOf(world.url, made.body.token);
}

test('a token is worth nothing once it expired, was deleted, or its user was deleted, all in the same words', async () => {
  const user = await world.as('leaving');
  const kept = await personal(user, { name: 'kept' });
  const deleted = await personal(user, { name: 'deleted' });
  const expired = await personal(user, { name: 'expired', expiresAt: '2999-01-01T00:00:00Z' });
  for (const api of [user, kept, deleted, expired]) expect((await api('GET', list)).status).toBe(200);
  await world.raw("update tokens set expires_at = 1 where name = 'expired'");
  expect((await kept('DELETE', `${list}deleted/`)).status).toBe(200);
  expect(await expired('GET', list)).toMatchObject(invalid);
  expect(await deleted('GET', list)).toMatchObject(invalid);
  expect((await kept('GET', list)).status).toBe(200);
  expect((await world.api('DELETE', '/apiops/users/leaving/')).status).toBe(200);
  for (const api of [user, kept, apiOf(world.url, 'kp_unknown')]) {
    expect(await api('GET', list)).toMatchObject(invalid);
  }
  expect(await world.raw("select id from tokens where name = 'kept'")).toEqual([]);
});

test('a new password ends the sessions of the old one', async () => {
  const session = await world.as('changing');
  const body = { password: 'another password' };
  expect((await world.api('PUT', '/apiops/users/changing/', body)).status).toBe(200);
  expect(await session('GET', list)).toMatchObject(invalid);
  expect((await (await signedIn(world.url, 'changing', 'another password'))('GET', list)).status).toBe(200);
});

test('tokens of users and of nodes do not stand in for one another', async () => {
  const enrolled = await world.api('POST', '/apiops/environments/production/enrollment-tokens/');
  expect(await apiOf(world.url, enrolled.body.token)('GET', list)).toMatchObject(invalid);
  const { status } = await fetch(`${world.url}/apiops/projects/`, {
    headers: { authorization: `Bearer ${enrolled.body.token}` },
  });
  expect(status).toBe(401);
  const named = nodeNamed('with-a-token-of-the-administrator', 'production');
  await expect(startNode({ ...named, token: world.api.token })).rejects.toThrow(
    /KEYPLANE_NODE_TOKEN is not an enrollment token/,
  );
  const { body } = await world.api('GET', '/apiops/environments/production/nodes/');
  expect(body.resultList).toEqual([]);
});

test('a node is given the keys of the environment of its token, whatever environment it names', async () => {
  for (const project of ['Everywhere', 'Hidden']) {
    const made = await projectApi(world.api, project).paste(`of-${project}`, p256Public);
    expect(made.status).toBe(200);
  }
  const node = await world.addNode('staging', 'of-staging');
  const kept = async (path: string) => (await fetch(node.url + path)).status;
  await expect.poll(() => kept('/projects/Everywhere/jwks/of-Everywhere'), { timeout: 60_000 }).toBe(200);
  expect(await kept('/projects/Hidden/jwks/of-Hidden')).toBe(404);
  const { token } = (await world.api('POST', '/apiops/environments/staging/enrollment-tokens/')).body;
  const liar = await startNode({ ...nodeNamed('liar', 'production'), token });
  const refused = async () => {
    const { body } = await world.api('GET', '/apiops/audit/?action=node.refuse');
    return body.resultList.map(({ objectName, details }: AuditItem) => [objectName, details.reason]);
  };
  const reason = 'the enrollment token is for another environment';
  await expect.poll(refused, { timeout: 60_000 }).toContainEqual(['liar', reason]);
  const listed = await world.api('GET', '/apiops/environments/production/nodes/');
  expect(listed.body.resultList).toEqual([]);
  expect((await fetch(`${liar.url}/projects/Hidden/jwks/of-Hidden`)).status).not.toBe(200);
  await liar.close();
});

test('no token is stored, only its SHA-256', async () => {
  const { token } = (await world.api('POST', list, { name: 'hashed' })).body;
  const [row] = await world.raw("select hash from tokens where name = 'hashed'");
  expect(Buffer.from(row?.hash as Buffer).toString('hex')).toBe(hash('sha256', token));
  expect(JSON.stringify(await world.raw('select * from tokens'))).not.toContain(token);
});

interface AuditItem {
  readonly objectName: string;
  readonly details: { readonly reason?: string };
}

function nodeNamed(name: string, environment: string) {
  const dataDir = `${world.dataDir}/nodes/${name}`;
  const place = { managerUrl: world.url, host: '127.0.0.1', port: 0, dataDir };
  return { ...place, environment, name, logger: silent, version: 'test' };
}
