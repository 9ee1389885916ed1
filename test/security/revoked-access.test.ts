// A manager answers for known callers from memory: what is taken from one of them counts with the next request.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiOf, signedIn, startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
beforeAll(async () => {
  world = await startTestManager({ projects: ['Mine', 'Other'] });
});
afterAll(() => world.close());

const jwks = '/apiops/projects/Mine/jwks/';
const status = async (api: Api, path = jwks) => (await api('GET', path)).status;
let made = 0;

/** Known to the manager, with a role in project `Mine`. */
async function member(): Promise<{ api: Api; username: string }> {
  made += 1;
  const username = `member-${made}`;
  const api = await world.as(username, { project: 'Mine', roles: ['ROLE_API_SECURITY'] });
  for (let time = 0; time < 3; time += 1) expect(await status(api)).toBe(200);
  return { api, username };
}

async function done(answer: ReturnType<Api>): Promise<void> {
  expect((await answer).status).toBe(200);
}

describe('the next request is rejected', () => {
  test('of a personal token that was revoked', async () => {
    const { api, username } = await member();
    const { token } = (await api('POST', '/apiops/tokens/', { name: 'ci' })).body;
    const program = apiOf(world.url, token);
    expect(await status(program)).toBe(200);
    await done(world.api('DELETE', `/apiops/users/${username}/tokens/ci/`));
    expect(await status(program)).toBe(401);
    expect(await status(api)).toBe(200);
  });

  test('of a narrowed token that was revoked', async () => {
    const { api } = await member();
    const projects = [{ projectName: 'Mine', roles: ['ROLE_API_SECURITY'] }];
    const { token } = (await api('POST', '/apiops/tokens/', { name: 'narrow', projects })).body;
    const program = apiOf(world.url, token);
    expect(await status(program)).toBe(200);
    await done(api('DELETE', '/apiops/tokens/narrow/'));
    expect(await status(program)).toBe(401);
  });

  test('of a narrowed token whose user lost the role', async () => {
    const { api, username } = await member();
    const projects = [{ projectName: 'Mine', roles: ['ROLE_API_SECURITY'] }];
    const { token } = (await api('POST', '/apiops/tokens/', { name: 'narrow', projects })).body;
    const program = apiOf(world.url, token);
    expect(await status(program)).toBe(200);
    const roles = ['ROLE_MANAGE_PROXIES'];
    await done(world.api('PUT', `/apiops/projects/Mine/members/${username}/`, { roles }));
    expect(await status(program)).toBe(403);
  });

  test('of a member who was removed, as of a project that is not there', async () => {
    const { api, username } = await member();
    await done(world.api('DELETE', `/apiops/projects/Mine/members/${username}/`));
    expect(await status(api)).toBe(404);
    expect(await status(api, '/apiops/projects/')).toBe(200);
  });

  test('of a user who was deleted', async () => {
    const { api, username } = await member();
    await done(world.api('DELETE', `/apiops/users/${username}/`));
    expect(await status(api)).toBe(401);
  });

  test('of an administrator who is none any more', async () => {
    const { api, username } = await member();
    await done(world.api('PUT', `/apiops/users/${username}/`, { admin: true }));
    expect(await status(api, '/apiops/users/')).toBe(200);
    expect(await status(api, '/apiops/projects/Other/jwks/')).toBe(200);
    await done(world.api('PUT', `/apiops/users/${username}/`, { admin: false }));
    expect(await status(api, '/apiops/users/')).toBe(403);
    expect(await status(api, '/apiops/projects/Other/jwks/')).toBe(404);
  });

  test('of a session whose user has another password', async () => {
    const { username } = await member();
    const session = await signedIn(world.url, username, `password of ${username}`);
    expect(await status(session)).toBe(200);
    await done(world.api('PUT', `/apiops/users/${username}/`, { password: 'another password' }));
    expect(await status(session)).toBe(401);
  });

  test('for a project that was deleted', async () => {
    await done(world.api('POST', '/apiops/projects/', { name: 'Short' }));
    const path = '/apiops/projects/Short/jwks/';
    expect(await status(world.api, path)).toBe(200);
    await done(world.api('DELETE', '/apiops/projects/Short/'));
    expect(await status(world.api, path)).toBe(404);
    await done(world.api('POST', '/apiops/projects/', { name: 'Short' }));
    expect(await status(world.api, path)).toBe(200);
  });
});

test('tokens, users, members and projects are changed by whom the database knows', async () => {
  const { api, username } = await member();
  await done(world.api('PUT', `/apiops/users/${username}/`, { admin: true }));
  const changes: readonly (readonly [method: string, path: string, body?: object])[] = [
    ['POST', '/apiops/tokens/', { name: 'ci' }],
    ['POST', '/apiops/users/', { username: 'another', password: 'another password' }],
    ['PUT', `/apiops/users/${username}/`, { admin: true }],
    ['PUT', '/apiops/projects/Mine/members/admin/', { roles: ['ROLE_API_SECURITY'] }],
    ['POST', '/apiops/projects/', { name: 'Theirs' }],
    ['DELETE', '/apiops/projects/Other/'],
  ];
  for (const path of ['/apiops/users/', '/apiops/projects/Mine/members/', '/apiops/projects/']) {
    expect(await status(api, path)).toBe(200);
  }
  // As another manager would do it, without a notification.
  await world.raw(`delete from tokens where user_id = (select id from users where username = '${username}')`);
  for (const [method, path, body] of changes) {
    expect((await api(method, path, body)).status, `${method} ${path}`).toBe(401);
  }
  expect(await status(world.api, '/apiops/projects/Other/jwks/')).toBe(200);
});

test('what a caller is given counts with the next request', async () => {
  const { api, username } = await member();
  const other = '/apiops/projects/Other/jwks/';
  expect(await status(api, other)).toBe(404);
  const roles = ['ROLE_API_SECURITY'];
  await done(world.api('PUT', `/apiops/projects/Other/members/${username}/`, { roles }));
  expect(await status(api, other)).toBe(200);
});
