import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpWorld, openHttpWorld, passwords } from '../http/support/http-world.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await openHttpWorld();
  const secret = { name: 'held', type: 'OCT', oct: { keySize: 256 } };
  await world.call('POST', '/apiops/projects/', { body: { name: 'MyProject' } });
  const made = await world.call('POST', '/apiops/projects/MyProject/jwks/generate', { body: secret });
  expect(made.statusCode, made.body).toBe(200);
});
afterAll(() => world.close());

const held = '/apiops/projects/MyProject/jwks/held/';

describe('an answer of the API', () => {
  test.each([
    held,
    held.slice(0, -1),
    `${held}?publicOnly=false`,
    held.replace('apiops', '%61piops'),
    held.replace('/apiops', '/%61%70%69%6F%70%73'),
    `http://keyplane.example${held}`,
    `${held}export-file/`,
  ])('with a private key is kept by no cache, however its path is spelled: %s', async (path) => {
    const answer = await world.call('GET', path);
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.body).toContain('"k":');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each(['/', '/healthz', '/openapi.json', '/metrics', held, '/apiops/nowhere', '/%zz'])(
    'cannot be framed, sniffed or read by a page of another origin, and sets no cookie: %s',
    async (path) => {
      const origin = { origin: 'https://attacker.example' };
      const answers = [
        await world.call('GET', path, { headers: origin }),
        await world.call('OPTIONS', path, {
          headers: { ...origin, 'access-control-request-method': 'POST' },
        }),
      ];
      for (const { headers } of answers) {
        expect(headers).toMatchObject({
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
        });
        for (const name of Object.keys(headers))
          expect(name).not.toMatch(/^(access-control-|set-cookie|server$|x-powered)/);
      }
    },
  );

  test('does not depend on a cookie or on who a browser signed in: only a bearer token counts', async () => {
    const { admin } = world.tokens;
    const places: readonly Record<string, string>[] = [
      { cookie: `token=${admin}; access_token=${admin}` },
      { authorization: `Basic ${Buffer.from(`admin:${admin}`).toString('base64')}` },
      { 'x-access-token': admin },
    ];
    for (const headers of places) {
      const answer = await world.call('GET', held, { token: null, headers });
      expect(answer.statusCode).toBe(401);
    }
    for (const name of ['access_token', 'token']) {
      expect((await world.call('GET', `${held}?${name}=${admin}`, { token: null })).statusCode).toBe(401);
    }
  });
});

describe('the session cookie of a browser', () => {
  const cookieOf = async () => {
    const body = { username: 'admin', password: passwords.admin };
    const opened = await world.call('POST', '/apiops/auth/session/', { token: null, body });
    expect(opened.statusCode, opened.body).toBe(200);
    return String(opened.headers['set-cookie']);
  };

  test('is read by no script and sent along by no other site', async () => {
    expect(await cookieOf()).toMatch(/; HttpOnly;( Secure;)? SameSite=Strict$/);
  });

  test.each<Readonly<Record<string, string>>>([
    {},
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://attacker.example' },
    { origin: 'null' },
    { origin: 'http://localhost:1' },
  ])('changes nothing for a request that is not from a page of this origin: %j', async (said) => {
    const [cookie = ''] = (await cookieOf()).split(';');
    const headers = { cookie, ...said };
    const before = await world.raw('select count(*) as n from projects');
    const body = { name: 'forged' };
    const answer = await world.call('POST', '/apiops/projects/', { token: null, headers, body });
    expect(answer.statusCode).toBe(403);
    const gone = await world.call('DELETE', '/apiops/projects/MyProject/', { token: null, headers });
    expect(gone.statusCode).toBe(403);
    expect(await world.raw('select count(*) as n from projects')).toEqual(before);
  });

  test('accepts no sign-in from the page of another site', async () => {
    const body = { username: 'admin', password: passwords.admin };
    const headers = { 'sec-fetch-site': 'cross-site' };
    const answer = await world.call('POST', '/apiops/auth/session/', { token: null, headers, body });
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

test('a wrong password and an unknown user are answered alike: status, headers and body', async () => {
  const signIn = (username: string) =>
    world.call('POST', '/apiops/auth/token', {
      token: null,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `grant_type=client_credentials&client_id=${username}&client_secret=a+wrong+password`,
    });
  const [known, unknown] = [await signIn('admin'), await signIn('nobody')];
  const own = ['x-request-id', 'date'];
  const shown = ({ statusCode, headers, body }: typeof known) => {
    const others = Object.entries(headers).filter(([name]) => !own.includes(name));
    return { statusCode, body, headers: others };
  };
  expect(shown(known)).toEqual(shown(unknown));
  expect(known.statusCode).toBe(401);
});

test('metrics name routes, statuses and environments, and nothing else that anyone chose', async () => {
  await world.call('GET', '/apiops/projects/a-chosen-project/jwks/a-chosen-jwk/?search=a-chosen-word');
  await world.call('GET', '/a-chosen-path');
  // As the metrics are now: the text of `/metrics` may be a second old.
  const body = await world.metrics.metrics();
  expect(body).toContain('route="/apiops/projects/:projectName/jwks/:jwkName/"');
  expect(body).toContain('method="any",route="unmatched"');
  for (const chosen of ['a-chosen', 'MyProject', 'held', 'admin', 'ada']) expect(body).not.toContain(chosen);
});
