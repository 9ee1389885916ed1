// What is taken from a caller at one manager, at another one that knows the caller from its requests. That takes 4 s at
// most where no notification arrives (test/access/access-memory.test.ts), and no time at all where one does.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiOf, signedIn, until } from '../support/manager.ts';
import { type OneOfSeveral, type SeveralManagers, startManagers } from './support/several-managers.ts';

describe.each([
  { how: 'that hear each other', deaf: false },
  { how: 'of which no one hears another', deaf: true },
])('among managers $how', ({ deaf }) => {
  let several: SeveralManagers;
  let here: OneOfSeveral;
  let there: OneOfSeveral;
  let made = 0;
  beforeAll(async () => {
    several = await startManagers({ deaf });
    [here, there] = several.managers;
  });
  afterAll(() => several.close());

  const jwks = '/apiops/projects/MyProject/jwks/';
  const member = (username: string) => `/apiops/projects/MyProject/members/${username}/`;
  const status = async (api: Api) => (await api('GET', jwks)).status;
  const becomes = (api: Api, expected: number) =>
    until(async () => (await status(api)) === expected, `it is answered with ${expected}`);

  /** Known to the other manager, by a session and by a personal token. */
  async function caller() {
    made += 1;
    const username = `caller-${made}`;
    const password = `password of ${username}`;
    await done(here.api('POST', '/apiops/users/', { username, password }));
    await done(here.api('PUT', member(username), { roles: ['ROLE_API_SECURITY'] }));
    const session = await signedIn(there.url, username, password);
    const { token } = (await session('POST', '/apiops/tokens/', { name: 'ci' })).body;
    const program = apiOf(there.url, token);
    for (const api of [session, program]) expect(await status(api)).toBe(200);
    return { username, session, program };
  }

  async function done(answer: ReturnType<Api>): Promise<void> {
    expect((await answer).status).toBe(200);
  }

  test('a revoked token is rejected', async () => {
    const { username, session, program } = await caller();
    await done(here.api('DELETE', `/apiops/users/${username}/tokens/ci/`));
    await becomes(program, 401);
    expect(await status(session)).toBe(200);
  });

  test('a member who was removed does not see the project', async () => {
    const { username, session, program } = await caller();
    await done(here.api('DELETE', member(username)));
    for (const api of [session, program]) await becomes(api, 404);
  });

  test('a role that was taken away does not count', async () => {
    const { username, session, program } = await caller();
    await done(here.api('PUT', member(username), { roles: ['ROLE_MANAGE_PROXIES'] }));
    for (const api of [session, program]) await becomes(api, 403);
  });

  test('a narrowed token has no role that its user lost', async () => {
    const { username, session } = await caller();
    const projects = [{ projectName: 'MyProject', roles: ['ROLE_API_SECURITY'] }];
    const { token } = (await session('POST', '/apiops/tokens/', { name: 'narrow', projects })).body;
    const program = apiOf(there.url, token);
    expect(await status(program)).toBe(200);
    await done(here.api('PUT', member(username), { roles: ['ROLE_MANAGE_PROXIES'] }));
    await becomes(program, 403);
  });

  test('a deleted user is rejected', async () => {
    const { username, session, program } = await caller();
    await done(here.api('DELETE', `/apiops/users/${username}/`));
    for (const api of [session, program]) await becomes(api, 401);
  });

  test('what a caller is given counts with the next request', async () => {
    const { username, session } = await caller();
    await done(here.api('PUT', member(username), { roles: ['ROLE_MANAGE_PROXIES'] }));
    await becomes(session, 403);
    await done(here.api('PUT', member(username), { roles: ['ROLE_API_SECURITY'] }));
    expect(await status(session)).toBe(200);
  });
});
