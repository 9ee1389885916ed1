import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpWorld, openHttpWorld, passwords } from './support/http-world.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await openHttpWorld();
  await world.call('POST', '/apiops/projects/', { body: { name: 'Mine', description: 'of ada' } });
  await world.call('POST', '/apiops/projects/', { body: { name: 'Other' } });
  const roles = ['ROLE_API_SECURITY'];
  await world.call('PUT', '/apiops/projects/Mine/members/ada/', { body: { roles } });
});
afterAll(() => world.close());

const url = '/apiops/auth/session/';
const ownPage = { 'sec-fetch-site': 'same-origin' };
const overTls = { origin: 'https://localhost:80', host: 'localhost:80' };
const signIn = (body: object, headers: Record<string, string> = ownPage) =>
  world.call('POST', url, { token: null, body, headers });
const ada = { username: 'ada', password: passwords.ada };

async function cookieOf(credentials: object = ada): Promise<string> {
  const answer = await signIn(credentials);
  expect(answer.statusCode).toBe(200);
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

describe('a session of the console', () => {
  test('is a cookie that no script reads and no other site sends, and stands in no body', async () => {
    const answer = await signIn(ada);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(
      /^keyplane_session=kps_[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const token = /=(kps_[\w-]+)/.exec(cookie)?.[1] ?? 'none';
    expect(answer.body).not.toContain(token);
    expect(answer.json()).toEqual({
      success: true,
      username: 'ada',
      admin: false,
      expiresAt: expect.stringMatching(/Z$/),
    });
  });

  test('that came over TLS is only sent over TLS, and bound to this host alone by its name', async () => {
    const answer = await signIn(ada, overTls);
    expect(answer.statusCode).toBe(200);
    const setCookie = String(answer.headers['set-cookie']);
    // A browser takes the prefix only with Secure, with this path, and without a domain.
    expect(setCookie).toMatch(
      /^__Host-keyplane_session=kps_[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const [cookie = ''] = setCookie.split(';');
    const opened = await world.call('GET', url, { token: null, headers: { cookie } });
    expect(opened.json().username).toBe('ada');
    const headers = { cookie, ...overTls };
    const ended = await world.call('DELETE', url, { token: null, headers });
    expect(ended.headers['set-cookie']).toMatch(/^__Host-keyplane_session=; Max-Age=0; .*Secure/);
    expect((await world.call('GET', url, { token: null, headers: { cookie } })).statusCode).toBe(401);
  });

  test('is not the one that another host of the domain has planted beside it', async () => {
    const [own = ''] = String((await signIn(ada, overTls)).headers['set-cookie']).split(';');
    const planted = await cookieOf({ username: 'admin', password: passwords.admin });
    for (const cookie of [`${own}; ${planted}`, `${planted}; ${own}`]) {
      const answer = await world.call('GET', url, { token: null, headers: { cookie } });
      expect(answer.json().username).toBe('ada');
    }
  });

  test('shows the signed-in user with the roles in each project', async () => {
    const headers = { cookie: await cookieOf() };
    const answer = await world.call('GET', url, { token: null, headers });
    expect(answer.json()).toMatchObject({
      success: true,
      username: 'ada',
      admin: false,
      projects: [{ name: 'Mine', description: 'of ada', roles: ['ROLE_API_SECURITY'] }],
    });
    const asAdmin = await world.call('GET', url);
    expect(asAdmin.json().projects.map(({ name }: { name: string }) => name)).toEqual(['Mine', 'Other']);
    expect((await world.call('GET', url, { token: null })).statusCode).toBe(401);
  });

  test('ends for good when it is signed out', async () => {
    const cookie = await cookieOf();
    const ended = await world.call('DELETE', url, { token: null, headers: { cookie, ...ownPage } });
    expect(ended.statusCode).toBe(200);
    expect(ended.headers['set-cookie']).toMatch(/^keyplane_session=; Max-Age=0/);
    expect((await world.call('GET', url, { token: null, headers: { cookie } })).statusCode).toBe(401);
  });

  test('cannot be ended with a personal token', async () => {
    const answer = await world.call('DELETE', url);
    expect(answer.statusCode).toBe(400);
    expect((await world.call('GET', url)).statusCode).toBe(200);
  });

  test('yields to an Authorization header', async () => {
    const cookie = await cookieOf();
    const answer = await world.call('GET', url, { headers: { cookie } });
    expect(answer.json().username).toBe('admin');
    expect((await world.call('GET', url, { token: 'garbage', headers: { cookie } })).statusCode).toBe(401);
  });
});

const elsewhere: [name: string, headers: Record<string, string>][] = [
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['a sibling domain', { 'sec-fetch-site': 'same-site' }],
  ['the address bar', { 'sec-fetch-site': 'none' }],
  ['another origin in an older browser', { origin: 'https://evil.example' }],
  ['the same host on another port', { origin: 'http://localhost:81', host: 'localhost:80' }],
  ['a sandboxed frame', { origin: 'null' }],
];

describe('a request that changes something with the cookie', () => {
  test.each([...elsewhere, ['a program that says nothing', {}] as const])(
    'is refused from %s, and nothing is stored',
    async (_name, headers) => {
      const cookie = await cookieOf({ username: 'admin', password: passwords.admin });
      const options = { token: null, body: { name: 'forged' }, headers: { cookie, ...headers } };
      const answer = await world.call('POST', '/apiops/projects/', options);
      expect(answer.statusCode).toBe(403);
      expect(answer.json().error).toBe('forbidden');
      expect((await world.call('GET', '/apiops/projects/')).body).not.toContain('forged');
    },
  );

  test('is accepted from the pages of the console, also if the browser sends only their origin', async () => {
    const cookie = await cookieOf({ username: 'admin', password: passwords.admin });
    const post = (name: string, headers: Record<string, string>) =>
      world.call('POST', '/apiops/projects/', {
        token: null,
        body: { name },
        headers: { cookie, ...headers },
      });
    expect((await post('first', ownPage)).statusCode).toBe(200);
    const older = { origin: 'http://localhost:80', host: 'localhost:80' };
    expect((await post('second', older)).statusCode).toBe(200);
  });
});

describe('signing in', () => {
  test.each(elsewhere)('is rejected from %s', async (_name, headers) => {
    const answer = await signIn(ada, headers);
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('rejects a wrong password with the same error as the token endpoint, within the same limit', async () => {
    const tries = Array.from({ length: 11 }, () =>
      signIn({ username: 'nobody', password: 'wrong password' }),
    );
    const answers = await Promise.all(tries);
    const bad = answers.filter(({ statusCode }) => statusCode === 401);
    expect(bad[0]?.json()).toMatchObject({
      error: 'unauthorized_client',
      error_description: 'Bad credentials',
    });
    const last = await signIn({ username: 'nobody', password: 'wrong password' });
    expect(last.statusCode).toBe(429);
  });
});

describe('members', () => {
  test('are listed with their roles to administrators', async () => {
    const answer = await world.call('GET', '/apiops/projects/Mine/members/');
    expect(answer.json()).toEqual({
      success: true,
      resultList: [{ username: 'ada', roles: ['ROLE_API_SECURITY'] }],
      resultCount: 1,
    });
    const asMember = await world.call('GET', '/apiops/projects/Mine/members/', { token: world.tokens.ada });
    expect(asMember.statusCode).toBe(403);
  });
});
