// Own password, sign-in and narrowed tokens over TCP, against a manager in a process of its own that starts again in between.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, apiOf, signedIn } from '../support/manager.ts';
import { endAllProcesses } from '../system/support/keyplane-process.ts';
import { removeTemporaryFolders } from '../system/support/temporary-folder.ts';
import { startWorld, type World } from '../system/support/world.ts';

const oldPassword = 'password of ada';
const newPassword = 'another password';

let world: World;
let ada: Api;
beforeAll(async () => {
  world = await startWorld();
  const { api, url } = world;
  await accepted(api('POST', '/apiops/projects/', { name: 'Payments' }));
  await accepted(api('POST', '/apiops/users/', { username: 'ada', password: oldPassword }));
  const roles = ['ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'];
  for (const project of ['MyProject', 'Payments']) {
    await accepted(api('PUT', `/apiops/projects/${project}/members/ada/`, { roles }));
  }
  ada = await signedIn(url, 'ada', oldPassword);
});
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

async function accepted(answer: ReturnType<Api>): ReturnType<Api> {
  const { status, body } = await answer;
  expect(status, JSON.stringify(body)).toBe(200);
  return answer;
}

async function signIn(password: string) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'ada',
    client_secret: password,
  });
  const answer = await fetch(`${world.url}/apiops/auth/token`, { method: 'POST', body });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const badCredentials = expect.objectContaining({
  error: 'unauthorized_client',
  error_description: 'Bad credentials',
});

test('a narrowed token is rejected outside its projects and roles, and by every route of administrators', async () => {
  const projects = [{ projectName: 'MyProject', roles: ['ROLE_API_SECURITY'] }];
  for (const [name, owner] of [
    ['of-a-member', ada],
    ['of-an-administrator', world.api],
  ] as const) {
    const made = await accepted(owner('POST', '/apiops/tokens/', { name, projects }));
    const narrowed = apiOf(world.url, made.body.token);
    await accepted(narrowed('GET', '/apiops/projects/MyProject/jwks/'));
    const other = await narrowed('GET', '/apiops/projects/Payments/jwks/');
    expect([other.status, other.body.error_description]).toEqual([
      404,
      'Project(Payments) was not found or user does not have privilege to access it!',
    ]);
    const generate = { name: 'made', type: 'EC', ec: { curveType: 'P256' } };
    for (const forbidden of [
      await narrowed('POST', '/apiops/projects/MyProject/jwks/generate', generate),
      await narrowed('GET', '/apiops/users/'),
      await narrowed('POST', '/apiops/tokens/', { name: 'wider' }),
    ]) {
      expect([name, forbidden.status, forbidden.body.error]).toEqual([name, 403, 'forbidden']);
    }
  }
});

test('a user changes the own password, and the manager knows only the new one, also after it started again', async () => {
  const session = apiOf(world.url, String((await signIn(oldPassword)).body.access_token));
  const change = { currentPassword: oldPassword, password: newPassword };
  const wrong = await session('PUT', '/apiops/users/ada/', { ...change, currentPassword: 'wrong password' });
  expect([wrong.status, wrong.body.reason, wrong.body.member]).toEqual([
    400,
    'PASSWORD_WRONG',
    'currentPassword',
  ]);
  expect((await session('PUT', '/apiops/users/ada/', { ...change, admin: true })).status).toBe(403);
  expect((await session('PUT', '/apiops/users/admin/', change)).status).toBe(403);
  await accepted(session('PUT', '/apiops/users/ada/', change));
  const isNew = async () => {
    expect(await signIn(oldPassword)).toEqual({ status: 401, body: badCredentials });
    expect((await signIn(newPassword)).status).toBe(200);
    expect((await session('GET', '/apiops/projects/')).status).toBe(200);
    expect((await ada('GET', '/apiops/projects/')).status).toBe(401);
  };
  await isNew();
  await world.manager.stop();
  await world.startManager();
  await isNew();
});

test('an administrator revokes a token of a user, which is rejected at once and after the manager started again', async () => {
  const owner = await signedIn(world.url, 'ada', newPassword);
  const made = await accepted(owner('POST', '/apiops/tokens/', { name: 'stolen' }));
  const stolen = apiOf(world.url, made.body.token);
  await accepted(stolen('GET', '/apiops/projects/'));
  expect((await owner('DELETE', '/apiops/users/ada/tokens/stolen/')).status).toBe(403);
  await accepted(world.api('DELETE', '/apiops/users/ada/tokens/stolen/'));
  expect((await stolen('GET', '/apiops/projects/')).status).toBe(401);
  await world.manager.stop();
  await world.startManager();
  expect((await stolen('GET', '/apiops/projects/')).status).toBe(401);
});
