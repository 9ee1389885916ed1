import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import {
  createSafeFetch,
  decodeUtf8,
  fetchLimitDefaults,
  parseAllowList,
  type SafeFetch,
} from '../../src/sources/safe-fetch/safe-fetch.ts';
import {
  type HttpTestServer,
  makeTestAuthority,
  type ServerOptions,
  startHttpServer,
} from '../support/http-servers.ts';

const document = JSON.stringify({ keys: [{ kty: 'oct', k: 'AAAA', kid: 'ü' }] });
const authority = makeTestAuthority();
const certificate = authority.issue({ names: ['keys.example'], addresses: ['127.0.0.1'] });
const servers: HttpTestServer[] = [];
let safeFetch: SafeFetch;

async function serve(answer: Parameters<typeof startHttpServer>[0], options?: ServerOptions) {
  const server = await startHttpServer(answer, options);
  servers.push(server);
  return server;
}

beforeAll(() => {
  safeFetch = createSafeFetch({
    allow: parseAllowList('127.0.0.0/8 ::1'),
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    ca: authority.caCertificate,
  });
});

afterAll(async () => {
  await safeFetch.close();
  for (const server of servers) await server.close();
});

describe('a document', () => {
  test('comes over HTTP with its validators, asked for without the fragment', async () => {
    const asked: (string | undefined)[] = [];
    const server = await serve((request, response) => {
      asked.push(request.url);
      response.setHeader('etag', 'W/"1"').setHeader('last-modified', 'Mon, 02 Nov 2026 10:00:00 GMT');
      response.end(document);
    });
    const fetched = await safeFetch.fetch(`${server.origin}/jwks?x=1#part`, fetchLimitDefaults);
    expect(fetched).toEqual({
      body: Buffer.from(document),
      etag: 'W/"1"',
      lastModified: 'Mon, 02 Nov 2026 10:00:00 GMT',
      notModified: false,
    });
    expect(decodeUtf8(fetched.body)).toBe(document);
    expect(asked).toEqual(['/jwks?x=1']);
  });

  test('comes over HTTPS from a name, which the server gets in SNI and in Host', async () => {
    const server = await serve(
      (request, response) => {
        const { servername } = request.socket as unknown as { servername: string };
        response.end(`${servername} ${request.headers.host}`);
      },
      { tls: certificate },
    );
    const { body } = await safeFetch.fetch(`https://keys.example:${server.port}/`, fetchLimitDefaults);
    expect(body.toString()).toBe(`keys.example keys.example:${server.port}`);
  });

  test('comes over HTTPS from an address that the certificate names', async () => {
    const server = await serve((_request, response) => response.end(document), { tls: certificate });
    const { body } = await safeFetch.fetch(server.origin, fetchLimitDefaults);
    expect(body.toString()).toBe(document);
  });

  test('comes from an IPv6 address', async () => {
    const server = await serve((_request, response) => response.end(document), { host: '::1' });
    const { body } = await safeFetch.fetch(server.origin, fetchLimitDefaults);
    expect(body.toString()).toBe(document);
  });

  test('comes from the second address when the first one refuses', async () => {
    const server = await serve((_request, response) => response.end(document), { host: '127.0.0.3' });
    const several = createSafeFetch({
      allow: parseAllowList('127.0.0.0/8'),
      resolve: async () => ['127.0.0.2', '127.0.0.3'].map((address) => ({ address, family: 4 })),
    });
    const { body } = await several.fetch(`http://keys.example:${server.port}/`, fetchLimitDefaults);
    expect(body.toString()).toBe(document);
    await several.close();
  });

  test.each([
    ['gzip', gzipSync(document)],
    ['x-gzip', gzipSync(document)],
    ['deflate', deflateSync(document)],
    ['BR', brotliCompressSync(document)],
    ['identity', Buffer.from(document)],
  ])('sent as %s is decompressed', async (encoding, bytes) => {
    const server = await serve((_request, response) => {
      response.setHeader('content-encoding', encoding).end(bytes);
    });
    const { body } = await safeFetch.fetch(server.origin, fetchLimitDefaults);
    expect(body.toString()).toBe(document);
  });

  test('of exactly the size limit is taken, chunked or with its length', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/length') response.setHeader('content-length', 1000);
      response.write('x'.repeat(500));
      response.end('x'.repeat(500));
    });
    for (const path of ['/length', '/chunked']) {
      const limits = { ...fetchLimitDefaults, sizeLimitBytes: 1000 };
      expect((await safeFetch.fetch(server.origin + path, limits)).body).toHaveLength(1000);
    }
  });
});

describe('a request', () => {
  test('has headers for the user agent, the accepted types and the end of the connection, and no others', async () => {
    const server = await serve((_request, response) => response.end(document));
    await safeFetch.fetch(server.origin, fetchLimitDefaults);
    expect(server.requests[0]?.headers).toEqual({
      host: `127.0.0.1:${server.port}`,
      connection: 'close',
      accept: 'application/jwk-set+json, application/jwk+json, application/json, */*;q=0.1',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': `keyplane/${packageJson.version}`,
    });
  });

  test('is made on a connection of its own', async () => {
    const server = await serve((_request, response) => response.end(document));
    await safeFetch.fetch(server.origin, fetchLimitDefaults);
    await safeFetch.fetch(server.origin, fetchLimitDefaults);
    expect(server.connectionCount()).toBe(2);
    await server.allClosed();
  });

  test('with conditions distinguishes an unchanged document from a changed one', async () => {
    const server = await serve((request, response) => {
      response.setHeader('etag', '"2"');
      if (request.headers['if-none-match'] === '"2"') response.writeHead(304).end();
      else response.end(document);
    });
    const same = await safeFetch.fetch(server.origin, fetchLimitDefaults, { etag: '"2"' });
    expect(same).toMatchObject({ notModified: true, etag: '"2"', body: Buffer.alloc(0) });
    const other = await safeFetch.fetch(server.origin, fetchLimitDefaults, {
      etag: '"1"',
      lastModified: 'then',
    });
    expect(other).toMatchObject({ notModified: false, body: Buffer.from(document) });
    expect(server.requests[1]?.headers['if-modified-since']).toBe('then');
  });

  test('never carries a validator that could be a header of its own', async () => {
    const server = await serve((_request, response) => response.end(document));
    await safeFetch.fetch(server.origin, fetchLimitDefaults, {
      etag: '"1"\r\nx-injected: 1',
      lastModified: 'ü',
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('if-none-match');
    expect(server.requests[0]?.headers).not.toHaveProperty('if-modified-since');
    expect(server.requests[0]?.headers).not.toHaveProperty('x-injected');
  });

  test('leaves no warning and no connection behind, also among many at once', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    const server = await serve((_request, response) => response.end(document));
    await Promise.all(Array.from({ length: 30 }, () => safeFetch.fetch(server.origin, fetchLimitDefaults)));
    await server.allClosed();
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])('with status %i is followed to a relative place', async (status) => {
    const server = await serve((request, response) => {
      if (request.url === '/a/start') response.writeHead(status, { location: '../b/jwks?y=2' }).end('unread');
      else response.end(request.url);
    });
    const fetched = await safeFetch.fetch(`${server.origin}/a/start`, fetchLimitDefaults);
    expect(fetched.body.toString()).toBe('/b/jwks?y=2');
  });

  test('is followed three times, from http to https too', async () => {
    const last = await serve((_request, response) => response.end(document), { tls: certificate });
    const server = await serve((request, response) => {
      const count = Number(request.url?.slice(1));
      response.writeHead(302, { location: count < 3 ? `/${count + 1}` : last.origin }).end();
    });
    const fetched = await safeFetch.fetch(`${server.origin}/1`, fetchLimitDefaults);
    expect(decodeUtf8(fetched.body)).toBe(document);
  });
});

test('bytes that are not UTF-8 are refused, a byte order mark is not', () => {
  expect(() => decodeUtf8(Buffer.from([0x22, 0xff, 0x22]))).toThrow('URL response is not valid UTF-8!');
  expect(decodeUtf8(Buffer.from('\ufeff{}'))).toBe('{}');
});
