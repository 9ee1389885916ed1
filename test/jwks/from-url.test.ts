import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import {
  accepted,
  type Body,
  footprint,
  type ProjectApi,
  projectApi,
  publishedKeys,
  refusal,
} from '../api/support/project-api.ts';
import { makeCurveKey, p256Public, p256Thumbprint, publicHalf } from '../api/support/sample-keys.ts';
import { type HttpTestServer, startHttpServer, startTcpServer, unusedPort } from '../support/http-servers.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let node: RunningNode;
let project: ProjectApi;
let server: HttpTestServer;

const ed25519 = { ...publicHalf(makeCurveKey('Ed25519')), kid: 'second' };
const set = JSON.stringify({ keys: [{ ...p256Public, kid: 'first' }, ed25519] });
const pages: Readonly<Record<string, string>> = {
  '/jwk': JSON.stringify(p256Public),
  '/set': set,
  '/one': JSON.stringify({ keys: [p256Public] }),
  '/html': '<html><body>Not found</body></html>',
  '/empty': '',
  '/object': '{"hello":"world"}',
  '/none': '{"keys":[]}',
  '/twice': '{"kty":"EC","kty":"EC"}',
  '/large': JSON.stringify({ ...p256Public, comment: 'x'.repeat(200_000) }),
};

beforeAll(async () => {
  world = await startTestManager({
    environments: ['production'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.0/8' },
  });
  node = await world.addNode('production', 'p1');
  project = projectApi(world.api);
  server = await startHttpServer((request, response) => {
    const path = request.url ?? '';
    const redirects = /^\/redirect\/(\d)$/.exec(path);
    if (redirects) {
      const left = Number(redirects[1]);
      return response.writeHead(302, { location: left === 0 ? '/set' : `/redirect/${left - 1}` }).end();
    }
    const away = /^\/away\?(.+)$/.exec(path)?.[1];
    if (away) return response.writeHead(301, { location: decodeURIComponent(away) }).end();
    if (path === '/gzip') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(set));
    if (path === '/bomb') {
      return response
        .writeHead(200, { 'content-encoding': 'gzip' })
        .end(gzipSync(Buffer.alloc(20_000_000, 32)));
    }
    if (path === '/latin1') return response.end(Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]));
    const page = pages[path];
    if (page === undefined) return response.writeHead(404).end(set);
    return response.writeHead(200, { 'content-type': 'application/jwk-set+json' }).end(page);
  });
});
afterAll(async () => {
  await world.close();
  await server.close();
});

const create = (name: string, url: string, more: Body = {}) =>
  project.create({ name, sourceType: 'URL', url, ...more });

describe('a JWK from a URL', () => {
  test.each<[what: string, path: string, kid: string | undefined, taken: string]>([
    ['one key', '/jwk', undefined, p256Thumbprint],
    ['one key that takes a kid', '/jwk', 'given', 'given'],
    ['a set of one', '/one', undefined, p256Thumbprint],
    ['the first of a set', '/set', 'first', 'first'],
    ['the second of a set', '/set', 'second', 'second'],
    ['a set behind one redirect', '/redirect/0', 'second', 'second'],
    ['a set behind three redirects', '/redirect/2', 'first', 'first'],
    ['a compressed set', '/gzip', 'second', 'second'],
  ])('is %s', async (what, path, kid, taken) => {
    const name = what.replaceAll(' ', '-');
    const url = server.origin + path;
    const limits = { urlOptionConnectTimeout: 2000, urlOptionReadTimeout: 3000, urlOptionSizeLimit: 4096 };
    accepted(await create(name, url, { kid, ...limits, description: what }));
    const stored = await project.jwk(name);
    expect(stored).toMatchObject({
      kid: taken,
      sourceType: 'URL',
      sourceUrl: url,
      sourceId: null,
      description: what,
    });
    expect((await publishedKeys(node)).map((key) => key.kid)).toContain(taken);
  });

  test('may have spaces around its address, which are no part of it', async () => {
    accepted(await create('spaces', `  ${server.origin}/jwk\n`));
    expect(await project.jwk('spaces')).toMatchObject({ sourceUrl: `${server.origin}/jwk` });
  });
});

describe('a URL that gives no key', () => {
  test.each<[path: string, text: string, more?: Body]>([
    ['/missing', 'responded with status 404, 200 is expected!'],
    ['/html', 'Answer of the URL is not valid JSON'],
    ['/empty', 'Answer of the URL is not valid JSON: it is empty'],
    ['/latin1', 'UTF-8'],
    ['/object', 'No key found!'],
    ['/none', 'No key found! The JWK Set is empty'],
    ['/twice', 'member "kty" is given twice'],
    ['/set', 'kid is required because the JWK Set holds 2 keys! Available values: first, second'],
    ['/set', 'kid (third) is not found in the JWK Set!', { kid: 'third' }],
    ['/large', 'responded with more than 100000 bytes', { urlOptionSizeLimit: 100_000 }],
    ['/bomb', 'responded with more than 1048576 bytes'],
    ['/redirect/3', 'redirects more than 3 times'],
    ['/away?ftp%3A%2F%2Fexample.com%2F', 'scheme ftp'],
    ['/away?http%3A%2F%2F10.0.0.1%2F', 'redirected to http://10.0.0.1,'],
    ['/away?http%3A%2F%2F%5B%3A%3A1%5D%2F', 'redirected to http://[::1],'],
  ])('is rejected with a description of its response: %s', async (path, text, more = {}) => {
    const before = await footprint(project, [node]);
    expect(refusal(await create('refused', server.origin + path, more))).toContain(text);
    expect(await footprint(project, [node])).toEqual(before);
  });

  test('is rejected if no server listens there', async () => {
    const text = refusal(await create('refused', `http://127.0.0.1:${await unusedPort()}/`));
    expect(text).toContain('is not reachable: connection refused');
  });

  test('is rejected within the time limit if its server never answers or sends too slowly', async () => {
    const silent = await startTcpServer(() => undefined);
    const dripping = await startTcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{');
      const drip = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => clearInterval(drip));
    });
    for (const { origin } of [silent, dripping]) {
      const text = refusal(await create('refused', origin, { urlOptionReadTimeout: 300 }));
      expect(text).toMatch(/timed out.*300 ms/);
    }
    await Promise.all([silent.allClosed(), dripping.allClosed()]);
    await silent.close();
    await dripping.close();
  });

  test.each([
    ['ftp://example.com/', 'URL scheme (ftp) is not valid! Valid values: http, https'],
    ['file:///etc/passwd', 'URL scheme (file) is not valid! Valid values: http, https'],
    ['data:application/json,{}', 'URL scheme (data) is not valid! Valid values: http, https'],
    [
      'example.com/jwks.json',
      'URL is not valid! It has to be absolute, like https://example.com/.well-known/jwks.json',
    ],
    ['http://', 'URL is not valid!'],
    ['http://user:pass@example.com/', 'URL can not contain a user name or a password!'],
    ['http://example.com:0/', 'URL can not have port 0!'],
    [`http://example.com/${'x'.repeat(3000)}`, 'URL can not be longer than'],
  ])('is rejected before a request is sent: %s', async (url, text) => {
    const answer = refusal(await create('refused', url));
    expect(answer).toContain(text);
    expect(answer).not.toContain('pass@');
  });
});

test('no refused request stored anything', async () => {
  expect(await project.names('jwks')).not.toContain('refused');
});
