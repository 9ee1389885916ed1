import { once } from 'node:events';
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createSafeFetch,
  fetchLimitDefaults,
  fetchLimitMaxima,
  parseAllowList,
} from '../../src/sources/safe-fetch/safe-fetch.ts';
import { startHttpServer, startTcpServer, type TestServer } from '../support/http-servers.ts';

const allow = parseAllowList('127.0.0.0/8');
const safeFetch = createSafeFetch({ allow });
const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

function closing<Server extends TestServer>(server: Server): Server {
  endings.push(() => server.close());
  return server;
}

async function talking(talk: (socket: Socket) => void) {
  return closing(await startTcpServer(talk));
}

/** After a request has come in: `head`, then `part` again and again until the connection is closed. */
function dripping(head: string, part: string) {
  return talking((socket) => {
    socket.once('data', () => {
      socket.write(head);
      const timer = setInterval(() => socket.write(part), 10);
      socket.on('close', () => clearInterval(timer));
    });
  });
}

/** As `dripping`, as fast as the other side takes it. Resolves `sentBytes` when asked. */
async function flooding(head: string, part: string) {
  let sent = 0;
  const server = await talking((socket) => {
    socket.once('data', () => {
      socket.write(head);
      const fill = () => {
        let isRoom = true;
        while (isRoom && !socket.destroyed) {
          isRoom = socket.write(part);
          sent += part.length;
        }
      };
      socket.on('drain', fill);
      fill();
    });
  });
  return { ...server, sentBytes: () => sent };
}

async function failureOf(url: string, limits: Partial<typeof fetchLimitDefaults>) {
  const startedMs = performance.now();
  const error: unknown = await safeFetch.fetch(url, { ...fetchLimitDefaults, ...limits }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'KeyplaneError', code: 'bad_request' });
  return { text: (error as Error).message, tookMs: performance.now() - startedMs };
}

describe('the read time limit', () => {
  const limits = { readTimeoutMs: 150 };
  const readTimedOut = 'timed out after 150 ms: the response was not complete!';

  test.each([
    ['never answers', '', ''],
    ['drips its status line', 'HTTP/1.1 20', ''],
    ['drips headers', 'HTTP/1.1 200 OK\r\n', 'x: y\r\n'],
    ['drips its body', 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n', ' '],
    ['drips chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\n \r\n'],
    ['drips chunk extensions', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;', 'x'],
    ['drips interim answers', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['drips trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n \r\n0\r\n', 'x: y\r\n'],
  ])('ends a server that %s, and its connection', async (_what, head, part) => {
    const server = part === '' ? await talking((socket) => socket.write(head)) : await dripping(head, part);
    const { text, tookMs } = await failureOf(server.origin, limits);
    expect(text).toBe(`URL (${server.origin}/) ${readTimedOut}`);
    expect(tookMs).toBeGreaterThan(100);
    await server.allClosed();
  });

  test('ends a gzip body that drips empty blocks', async () => {
    const server = closing(
      await startHttpServer((_request, response) => {
        response.setHeader('content-encoding', 'gzip');
        response.write(Buffer.from('1f8b0800000000000003', 'hex'));
        const timer = setInterval(() => response.write(Buffer.from('000000ffff', 'hex')), 10);
        response.on('close', () => clearInterval(timer));
      }),
    );
    expect((await failureOf(server.origin, limits)).text).toContain(readTimedOut);
    await server.allClosed();
  });

  test('is one for all redirects together', async () => {
    const server = closing(
      await startHttpServer((request, response) => {
        const timer = setTimeout(() => response.writeHead(302, { location: `${request.url}x` }).end(), 70);
        response.on('close', () => clearTimeout(timer));
      }),
    );
    const { text } = await failureOf(server.origin, limits);
    expect(text).toContain(readTimedOut);
    expect(server.requests.length).toBeLessThan(4);
  });
});

describe('the connect time limit', () => {
  test('ends a request to a server that accepts the connection and never does the TLS handshake', async () => {
    const server = await talking(() => undefined);
    const { text } = await failureOf(`https://127.0.0.1:${server.port}/`, { connectTimeoutMs: 150 });
    expect(text).toBe(
      `URL (https://127.0.0.1:${server.port}/) timed out after 150 ms: no connection was made!`,
    );
    await server.allClosed();
  });

  test('ends a name server that never answers', async () => {
    const waiting = createSafeFetch({ allow, resolve: () => new Promise(() => undefined) });
    const limits = { ...fetchLimitDefaults, connectTimeoutMs: 50 };
    await expect(waiting.fetch('http://keys.example/', limits)).rejects.toThrow(
      'URL (http://keys.example/) timed out after 50 ms: no connection was made!',
    );
  });

  test('never connects when the name server answers after it', async () => {
    const server = await talking(() => undefined);
    const answer = Promise.withResolvers<{ address: string; family: number }[]>();
    const late = createSafeFetch({ allow, resolve: () => answer.promise });
    const limits = { ...fetchLimitDefaults, connectTimeoutMs: 50 };
    await expect(late.fetch(`http://keys.example:${server.port}/`, limits)).rejects.toThrow('timed out');
    answer.resolve([{ address: '127.0.0.1', family: 4 }]);
    // A connection made now is the first that the server sees, so none was under way before it.
    const probe = createSafeFetch({ allow });
    const patient = { ...fetchLimitDefaults, readTimeoutMs: 50 };
    await expect(probe.fetch(server.origin, patient)).rejects.toThrow('timed out');
    expect(server.connectionCount()).toBe(1);
  });
});

describe('the size limit', () => {
  const sizeLimitBytes = 10_000;
  const tooLarge = `responded with more than ${sizeLimitBytes} bytes!`;

  test('refuses a declared length at once, without its body', async () => {
    const server = await talking((socket) => {
      socket.once('data', () =>
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${sizeLimitBytes + 1}\r\n\r\n`),
      );
    });
    const { text } = await failureOf(server.origin, { sizeLimitBytes });
    expect(text).toBe(`URL (${server.origin}/) ${tooLarge}`);
    await server.allClosed();
  });

  test('is exact to the byte', async () => {
    const server = closing(
      await startHttpServer((_request, response) => {
        response.write('x'.repeat(sizeLimitBytes));
        response.end('x');
      }),
    );
    expect((await failureOf(server.origin, { sizeLimitBytes })).text).toContain(tooLarge);
  });

  test.each([true, false])(
    'takes a body of just that size, with a declared length: %s',
    async (isDeclared) => {
      const server = closing(
        await startHttpServer((_request, response) => {
          if (isDeclared) response.setHeader('content-length', sizeLimitBytes);
          response.write('x'.repeat(sizeLimitBytes - 1));
          response.end('x');
        }),
      );
      const { body } = await safeFetch.fetch(server.origin, { ...fetchLimitDefaults, sizeLimitBytes });
      expect(body).toHaveLength(sizeLimitBytes);
    },
  );

  test.each([
    ['chunked', 'transfer-encoding: chunked', `400\r\n${'x'.repeat(1024)}\r\n`],
    ['until the connection ends', 'connection: close', 'x'.repeat(1024)],
    ['of a length that no number holds', `content-length: ${'9'.repeat(15)}`, 'x'.repeat(1024)],
  ])('stops an endless body sent %s', async (_how, header, part) => {
    const server = await flooding(`HTTP/1.1 200 OK\r\n${header}\r\n\r\n`, part);
    expect((await failureOf(server.origin, { sizeLimitBytes })).text).toContain(tooLarge);
    await server.allClosed();
    // What the kernel's buffers take on both sides is not ours to limit.
    expect(server.sentBytes()).toBeLessThan(20_000_000);
  });

  test.each([
    ['gzip', gzipSync(Buffer.alloc(50_000_000))],
    ['deflate', deflateSync(Buffer.alloc(50_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(50_000_000))],
  ])('stops a %s bomb before it is unpacked', async (encoding, bomb) => {
    const server = closing(
      await startHttpServer((_request, response) => {
        response.setHeader('content-encoding', encoding).end(bomb);
      }),
    );
    const before = process.memoryUsage().arrayBuffers;
    const { text } = await failureOf(server.origin, {
      sizeLimitBytes: Math.max(sizeLimitBytes, bomb.length),
    });
    expect(text).toContain('responded with more than');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    await server.allClosed();
  });

  test('counts what is sent as well, when it unpacks to nothing', async () => {
    const emptyMember = gzipSync('');
    const server = closing(
      await startHttpServer((_request, response) => {
        response.setHeader('content-encoding', 'gzip');
        const empty = Buffer.concat(Array.from({ length: 1000 }, () => emptyMember));
        response.write(empty);
        response.end(empty);
      }),
    );
    expect((await failureOf(server.origin, { sizeLimitBytes })).text).toContain(tooLarge);
  });

  test.each([
    ['one large header', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n\r\n{}`],
    ['many headers', `HTTP/1.1 200 OK\r\n${'x: yyyyyyyyyyyyyyyy\r\n'.repeat(2_000)}\r\n{}`],
  ])('does not stand in for the limit of headers: %s', async (_what, answer) => {
    const server = await talking((socket) => socket.once('data', () => socket.end(answer)));
    expect((await failureOf(server.origin, {})).text).toBe(
      `URL (${server.origin}/) responded with headers that are too large!`,
    );
  });
});

describe('limits', () => {
  test.each([
    { connectTimeoutMs: 0 },
    { readTimeoutMs: Number.NaN },
    { sizeLimitBytes: 1.5 },
    { connectTimeoutMs: fetchLimitMaxima.connectTimeoutMs + 1 },
    { readTimeoutMs: Number.POSITIVE_INFINITY },
    { sizeLimitBytes: fetchLimitMaxima.sizeLimitBytes + 1 },
  ])('out of their range are an internal error: %o', async (limits) => {
    await expect(safeFetch.fetch('http://127.0.0.1/', { ...fetchLimitDefaults, ...limits })).rejects.toThrow(
      'is out of its range',
    );
  });
});

describe('closing', () => {
  test('ends running requests and rejects later ones', async () => {
    const asked = Promise.withResolvers<void>();
    const server = await talking((socket) => void once(socket, 'data').then(() => asked.resolve()));
    const own = createSafeFetch({ allow });
    const underWay = own.fetch(server.origin, fetchLimitDefaults);
    const refused = expect(underWay).rejects.toMatchObject({ code: 'unavailable' });
    await asked.promise;
    await own.close();
    await refused;
    await server.allClosed();
    await expect(own.fetch(server.origin, fetchLimitDefaults)).rejects.toMatchObject({ code: 'unavailable' });
    expect(server.connectionCount()).toBe(1);
  });
});
