import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpWorld, openHttpWorld } from './support/http-world.ts';

let world: HttpWorld;
const state: { ready: () => Promise<void> } = { ready: async () => {} };
beforeAll(async () => {
  world = await openHttpWorld({ ready: () => state.ready() });
});
afterAll(() => world.close());

const get = (url: string) => world.call('GET', url, { token: null });

test('health is answered for as long as the process lives', async () => {
  expect((await get('/healthz')).json()).toEqual({ status: 'ok' });
});

test('readiness depends on the database, and a failure shows no details', async () => {
  expect((await get('/readyz')).json()).toEqual({ status: 'ok' });
  state.ready = async () => {
    throw new Error('password authentication failed for user "keyplane" at 10.0.0.1');
  };
  const answer = await get('/readyz');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({
    error: 'unavailable',
    error_description: 'The database does not respond',
  });
  expect(world.logText()).not.toContain('10.0.0.1');
});

test('metrics count requests by pattern, method and status, and know the delay of the event loop', async () => {
  await world.call('GET', '/apiops/projects/Some-Name/environments/');
  await world.call('GET', '/some-unknown-path');
  await world.call('GET', '/%zz');
  const answer = await get('/metrics');
  expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  const count = 'keyplane_http_requests_total';
  expect(answer.body).toContain(
    `${count}{method="GET",route="/apiops/projects/:projectName/environments/",status="404"} 1`,
  );
  expect(answer.body).toContain(`${count}{method="any",route="unmatched",status="404"} 2`);
  expect(answer.body).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(answer.body).not.toMatch(/Some-Name|some-unknown-path/);
});

test('the first page is the console: nothing inline, nothing from elsewhere, a nonce that no two pages share', async () => {
  const answer = await get('/');
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(answer.body).not.toMatch(/<style|style=|https?:|KEYPLANE_NONCE/);
  expect(answer.body).toMatch(/<script type="module" [^>]*src="\/assets\/[\w-]+\.js"[^>]*><\/script>/);
  const [, nonce = 'none'] = /nonce="([^"]+)"/.exec(answer.body) ?? [];
  expect(answer.headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
  expect((await get('/')).body).not.toContain(nonce);
  const links = [...answer.body.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link]) => link ?? '');
  expect(links.length).toBeGreaterThan(2);
  for (const link of links) {
    const plain = await world.call('GET', link, { token: null, headers: { 'accept-encoding': 'gzip' } });
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const packed = await world.call('GET', link, { token: null, headers: { 'accept-encoding': 'gzip, br' } });
    expect(packed.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(packed.rawPayload)).toEqual(plain.rawPayload);
  }
});

test.each(['/docs', '/docs/'])(
  'the API reference at %s loads from this origin alone, by a nonce',
  async (url) => {
    const page = await get(url);
    expect(page.statusCode).toBe(200);
    const [, nonce = 'none'] = /nonce="([^"]+)"/.exec(page.body) ?? [];
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain(`script-src 'nonce-${nonce}';`);
    expect(policy).toContain("connect-src 'self';");
    expect((await get(url)).body).not.toContain(nonce);
    expect(page.body).not.toMatch(/<script(?![^>]+nonce=)|KEYPLANE_/);
    const links = Array.from(page.body.matchAll(/(?:src|href)="([^"]+)"/g), ([, link = '']) => link);
    const loaded = links.filter((link) => !link.startsWith('data:'));
    expect(loaded.length).toBeGreaterThan(3);
    for (const link of loaded) {
      expect(link).toMatch(/^\/(?!\/)/);
      expect((await get(link)).statusCode, link).toBe(200);
    }
  },
);

test('the script of the API reference is sent compressed, and plain to a client without brotli', async () => {
  const page = await get('/docs');
  const [, script = ''] = /src="([^"]+)"/.exec(page.body) ?? [];
  const packed = await world.call('GET', script, { token: null, headers: { 'accept-encoding': 'gzip, br' } });
  expect(packed.headers['content-encoding']).toBe('br');
  expect(packed.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(packed.rawPayload.length).toBeLessThan(1_500_000);
  const plain = await world.call('GET', script, { token: null, headers: { 'accept-encoding': 'gzip' } });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(brotliDecompressSync(packed.rawPayload).equals(plain.rawPayload)).toBe(true);
});

test('an unknown path below /docs is no route', async () => {
  const missing = await get('/docs/nothing.js');
  expect(missing.statusCode).toBe(404);
  expect(missing.json()).toMatchObject({
    error: 'not_found',
    error_description: 'No such route: GET /docs/nothing.js',
  });
});
