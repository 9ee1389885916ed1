import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRateLimits } from '../../src/http/limits/rate-limits.ts';
import { allowsText, parseAllowList } from '../../src/sources/safe-fetch/allow-list.ts';
import { type HttpWorld, openHttpWorld, passwords } from './support/http-world.ts';

let world: HttpWorld;
/** In milliseconds; only tests advance it. */
let at: number;
beforeEach(async () => {
  at = 0;
  const rateLimits = createRateLimits({ user: 5, address: 20 }, () => at);
  world = await openHttpWorld({ server: { rateLimits } });
});
afterEach(() => world.close());

interface Sent {
  readonly url?: string;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const list = '/apiops/projects/';
const send = ({ url = list, from = '203.0.113.1', headers = {} }: Sent = {}) =>
  world.app.inject({ method: 'GET', url, headers, remoteAddress: from });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
async function statuses(count: number, act: () => ReturnType<typeof send>): Promise<number[]> {
  const answers = [];
  for (let index = 0; index < count; index += 1) answers.push((await act()).statusCode);
  return answers;
}
const all = (count: number, status: number) => Array.from({ length: count }, () => status);
const signIn = (password: string, username = 'admin') =>
  world.app.inject({
    method: 'POST',
    url: '/apiops/auth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: username,
      client_secret: password,
    }).toString(),
  });

describe('a user', () => {
  test('a client beyond the limit gets the retry time in body and header, and others are served', async () => {
    const headers = bearer(world.tokens.ada);
    expect(await statuses(5, () => send({ headers }))).toEqual(all(5, 200));
    const refused = await send({ headers });
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({
      error: 'rate_limit_exceeded',
      error_description: 'Too many requests, try again in 12 seconds',
      retry_after: 12,
    });
    expect(refused.headers['retry-after']).toBe('12');
    expect((await send({ headers: bearer(world.tokens.admin) })).statusCode).toBe(200);
    at += 12_000;
    expect((await send({ headers })).statusCode).toBe(200);
  });

  test('is counted over all addresses, tokens and sessions of theirs', async () => {
    const made = await world.call('POST', '/apiops/tokens/', {
      token: world.tokens.ada,
      body: { name: 'second' },
    });
    const session = await world.call('POST', '/apiops/auth/session/', {
      token: null,
      body: { username: 'ada', password: passwords.ada },
    });
    const [cookie = ''] = String(session.headers['set-cookie']).split(';');
    const ways = [bearer(world.tokens.ada), bearer(made.json().token), { cookie }, { cookie }];
    for (const [index, headers] of ways.entries()) {
      expect((await send({ headers, from: `203.0.113.${index}` })).statusCode).toBe(200);
    }
    for (const headers of ways) expect((await send({ headers })).statusCode).toBe(429);
  });

  test('is let in from an address whose limit unauthenticated clients have reached', async () => {
    await statuses(30, () => send());
    expect((await send({ headers: bearer(world.tokens.ada) })).statusCode).toBe(200);
  });
});

describe('an address', () => {
  test('without a valid token is rejected beyond the limit: no token, a wrong one, an unknown path, an Expect', async () => {
    const tries: Sent[] = [
      {},
      { headers: bearer('kp_wrong') },
      { url: '/wp-login.php' },
      { headers: { cookie: 'keyplane_session=kps_wrong' } },
      { headers: { expect: 'the-unexpected' } },
    ];
    for (let round = 0; round < 4; round += 1) {
      for (const one of tries) expect([400, 401, 404]).toContain((await send(one)).statusCode);
    }
    for (const one of tries) {
      const refused = await send(one);
      expect(refused.statusCode).toBe(429);
      expect(refused.json()).toMatchObject({ error: 'rate_limit_exceeded', retry_after: expect.any(Number) });
      expect(refused.headers['retry-after']).toBe(String(refused.json().retry_after));
    }
    expect((await send({ from: '203.0.113.2' })).statusCode).toBe(401);
  });

  test('of IPv6 is its /64', async () => {
    expect(await statuses(20, () => send({ from: '2001:db8::1' }))).toEqual(all(20, 401));
    expect((await send({ from: '2001:db8::2:3' })).statusCode).toBe(429);
    expect((await send({ from: '2001:db8:0:1::1' })).statusCode).toBe(401);
  });

  test('beyond its limit still gets health, readiness, metrics, pages and the API description', async () => {
    await statuses(21, () => send());
    expect((await send()).statusCode).toBe(429);
    for (const url of ['/healthz', '/readyz', '/metrics', '/', '/docs/', '/openapi.json']) {
      expect(await statuses(30, () => send({ url })), url).toEqual(all(30, 200));
    }
    // Nor did those count.
    expect(await statuses(30, () => send({ url: '/healthz', from: '203.0.113.3' }))).toEqual(all(30, 200));
    expect((await send({ from: '203.0.113.3' })).statusCode).toBe(401);
  });
});

test('the limit on wrong passwords stays exact, and has its own error text', async () => {
  for (let attempt = 0; attempt < 10; attempt += 1) expect((await signIn('wrong')).statusCode).toBe(401);
  const refused = await signIn(passwords.admin);
  expect(refused.statusCode).toBe(429);
  expect(refused.json().error_description).toMatch(/^Too many wrong passwords, try again in \d+ seconds$/);
});

test('signing in counts for the address, before a password is hashed', async () => {
  await statuses(20, () => send({ from: '127.0.0.1' }));
  const refused = await signIn(passwords.admin);
  expect(refused.statusCode).toBe(429);
  expect(refused.json().error_description).toMatch(/^Too many requests/);
});

test('without limits no client is rejected', async () => {
  await world.close();
  world = await openHttpWorld();
  expect(await statuses(100, () => send())).toEqual(all(100, 401));
  expect(await statuses(100, () => send({ headers: bearer(world.tokens.ada) }))).toEqual(all(100, 200));
});

describe('behind a balancer that is trusted', () => {
  let behind: HttpWorld;
  const balancer = '10.1.0.7';
  beforeEach(async () => {
    const { cidrs } = parseAllowList('10.1.0.0/16');
    const isTrustedProxy = (address: string) => allowsText({ hosts: [], cidrs }, address);
    const rateLimits = createRateLimits({ user: 0, address: 3 }, () => at);
    behind = await openHttpWorld({ server: { rateLimits, isTrustedProxy } });
  });
  afterEach(() => behind.close());
  const forwarded = (forwardedFor: string, from = balancer) =>
    behind.app.inject({
      method: 'GET',
      url: list,
      headers: { 'x-forwarded-for': forwardedFor },
      remoteAddress: from,
    });

  test('each client behind it is an address, also through several of them', async () => {
    expect(await statuses(3, () => forwarded('203.0.113.1'))).toEqual(all(3, 401));
    expect((await forwarded('203.0.113.1')).statusCode).toBe(429);
    expect((await forwarded('203.0.113.1, 10.1.200.1')).statusCode).toBe(429);
    expect((await forwarded('203.0.113.2')).statusCode).toBe(401);
  });

  test('a client that names another before itself is still itself', async () => {
    expect(await statuses(3, () => forwarded('198.51.100.9, 203.0.113.1'))).toEqual(all(3, 401));
    expect((await forwarded('198.51.100.10, 203.0.113.1')).statusCode).toBe(429);
    expect((await forwarded('10.1.0.9, 203.0.113.1')).statusCode).toBe(429);
  });

  test('a forwarded address from an untrusted proxy is ignored', async () => {
    const client = '203.0.113.77';
    expect(await statuses(3, () => forwarded('203.0.113.1', client))).toEqual(all(3, 401));
    expect((await forwarded('203.0.113.2', client)).statusCode).toBe(429);
  });

  test('wrong passwords count for the client, not for the balancer', async () => {
    const wrong = (forwardedFor: string, username: string) =>
      behind.app.inject({
        method: 'POST',
        url: '/apiops/auth/token',
        remoteAddress: balancer,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-forwarded-for': forwardedFor,
        },
        payload: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: username,
          client_secret: 'wrong password',
        }).toString(),
      });
    at = 0;
    for (let attempt = 0; attempt < 100; attempt += 1) {
      at += 60_000;
      expect((await wrong('203.0.113.1', `nobody-${attempt}`)).statusCode).toBe(401);
    }
    at += 60_000;
    expect((await wrong('203.0.113.1', 'nobody')).statusCode).toBe(429);
    expect((await wrong('203.0.113.2', 'nobody')).statusCode).toBe(401);
  });
});
