// Responses of a node from its fast path, compared with those on connections of node:http.

import { array, assert, asyncProperty, constantFrom, nat, oneof, string, tuple } from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DeployedContent } from '../../src/protocol/content.ts';
import { ecJwk, privateEcKey } from './support/contents.ts';
import { countNodeHttpRequests, RawClient, serverSockets, withoutDate } from './support/raw-client.ts';
import { getJson, runningManager, runningNode, temporaryFolder } from './support/test-node.ts';

afterEach(() => void vi.useRealTimers());

const setPath = '/.well-known/jwks.json';
const head = (target = setPath, more = '') => `GET ${target} HTTP/1.1\r\nHost: node\r\n${more}\r\n`;
const etagOf = (answer: string) => /^ETag: (.*)\r$/m.exec(answer)?.[1] ?? '';

async function serving(contents: readonly DeployedContent[], clock?: () => number) {
  const manager = await runningManager();
  // A node that was heard goes by the time of its manager.
  manager.hears = clock === undefined;
  const dataDir = await temporaryFolder();
  const node = await runningNode({ managerUrl: manager.url, dataDir, ...(clock && { clock }) });
  const link = await manager.links.next();
  await link.reset(contents.length, contents);
  const countRequests = () => {
    const port = Number(new URL(node.url).port);
    return countNodeHttpRequests((server) => (server.address() as { port: number } | null)?.port === port);
  };
  return { url: node.url, link, close: () => node.close(), countRequests };
}

/** Published whole, and of a size at which few answers fill what the system takes. */
const bulkyJwk = () => ({ ...privateEcKey(), kid: 'k'.repeat(25_000) });

/** Sends it to node:http for the first time, so that it is cached from then on, if it can be cached. */
async function teach(url: string, bytes = head()): Promise<string> {
  const client = await RawClient.connect(url);
  const answer = await client.ask(bytes);
  client.socket.destroy();
  return answer;
}

describe('a request that is known', () => {
  const contents = [
    ...Array.from({ length: 100 }, (_, at) => ecJwk({ project: 'Large', name: `key-${at}` })),
    ecJwk({ project: 'Small', name: 'a' }),
    ecJwk({ project: 'Letters', name: 'a', jwk: { ...privateEcKey(), kid: 'ключ-ü-長' } }),
  ];
  const targets = [
    setPath,
    ...['Large', 'Small', 'Letters'].map((project) => `/projects/${project}${setPath}`),
    '/projects/Small/jwks/a',
    '/projects/Letters/jwks/a?and=a-query',
    'http://node/projects/Small/jwks/%61',
  ];

  test('is answered in the very bytes of node:http, but by nothing that it read', async () => {
    const { url, countRequests } = await serving(contents);
    for (const target of targets) {
      const first = await teach(url, head(target));
      const conditional = head(target, `If-None-Match: W/${etagOf(first)}, "x"\r\n`);
      const unchanged = await teach(url, conditional);
      expect(first).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(unchanged).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n/);
      const requests = countRequests();
      const client = await RawClient.connect(url);
      for (const [bytes, answer] of [
        [head(target), first] as const,
        [conditional, unchanged] as const,
        [head(target), first] as const,
        [conditional, unchanged] as const,
      ]) {
        const again = await client.ask(bytes);
        expect(withoutDate(again)).toBe(withoutDate(answer));
        const ageMs = Date.now() - Date.parse(/^Date: (.*)\r$/m.exec(again)?.[1] ?? '');
        expect(Math.abs(ageMs)).toBeLessThan(60_000);
      }
      expect([target, requests()]).toEqual([target, 0]);
    }
  });

  test('is counted by its route and its status', async () => {
    const { url } = await serving(contents);
    const conditional = head(setPath, `If-None-Match: ${etagOf(await teach(url))}\r\n`);
    await teach(url, conditional);
    const client = await RawClient.connect(url);
    for (const bytes of [head(), conditional, conditional]) await client.ask(bytes);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('requests_total{route="/.well-known/jwks.json",status="200"} 2');
    expect(metrics).toContain('requests_total{route="/.well-known/jwks.json",status="304"} 3');
  });

  test('is answered with what is published now, on the same connection', async () => {
    const [a, b] = [ecJwk({ name: 'a' }), ecJwk({ name: 'b' })];
    const { url, link, countRequests } = await serving([a]);
    const conditional = head(setPath, `If-None-Match: ${etagOf(await teach(url))}\r\n`);
    await teach(url, conditional);
    const requests = countRequests();
    const client = await RawClient.connect(url);
    expect(await client.ask(conditional)).toMatch(/^HTTP\/1\.1 304 /);
    await link.change(1, [{ revision: 2, put: b }], [a, b]);
    expect(await client.ask(conditional)).toContain('kid-b');
    expect(requests()).toBe(0);
  });

  test('is 404 from node:http once there is nothing to publish any more, and the connection goes on', async () => {
    let now = 1_000;
    const brief = ecJwk({ name: 'brief', expires: 2_000 });
    const { url, countRequests } = await serving([brief, ecJwk({ name: 'x' })], () => now);
    const [jwk, set] = [head('/projects/MyProject/jwks/brief'), head()];
    for (const bytes of [jwk, set]) await teach(url, bytes);
    const requests = countRequests();
    const [first, second] = [await RawClient.connect(url), await RawClient.connect(url)];
    expect(await first.ask(jwk)).toContain('kid-brief');
    expect(await second.ask(set)).toContain('kid-brief');
    now = 2_000;
    expect(await second.ask(set)).not.toContain('kid-brief');
    expect(requests()).toBe(0);
    expect(await first.ask(jwk)).toMatch(/^HTTP\/1\.1 404 .*not_found/s);
    expect(await first.ask(set)).toMatch(/^HTTP\/1\.1 200 /);
    expect(requests()).toBe(2);
  });
});

describe('node:http reads', () => {
  const etag = '"none"';
  const plain = [
    'Accept: */*',
    'accept: x, y',
    'X-Empty: ',
    'X: \xff',
    'TE: trailers',
    'If-None-Match: *',
    'Connection: Keep-Alive',
    'Authorization: Bearer secret',
    'Cookie: secret=1',
    'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'X-Forwarded-For: 192.0.2.1, 198.51.100.2',
  ];
  const repeated = [
    'X: 1\r\nX: 1',
    `If-None-Match: ${etag}\r\nIf-None-Match: "other"`,
    'Cookie: a=1\r\nCookie: b=2',
  ];
  const odd = [
    'X:1',
    'X:  1',
    'X: 1 ',
    'X:\t1',
    'X : 1',
    ' X: 1',
    'X: 1\r\n folded',
    'X: 1\n',
    'X: 1\r',
    'X',
    ': 1',
    'X: 1\0',
    'X: 1\x01',
    'X\xff: 1',
    'Content-Length: 0',
    'Content-Length: 3',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nContent-Length: 3',
    'Connection: close',
    'Connection: close, keep-alive',
    'Connection: keep-alive, x',
    'Connection: upgrade',
    'Proxy-Connection: close',
    'Upgrade: websocket',
    'Upgrade: h2c\r\nConnection: upgrade',
    'Trailer: X',
    'Expect: 100-continue',
    'Expect: x',
    'Cookie:secret=1',
    'Cookie:  secret=1',
    'Cookie: secret=1 ',
    'Cookie : secret=1',
    'Cookie: ',
    'Cookie: secret\t1',
    'Cookie: secret=\xff',
    'Cookie: secret=\0',
    'Cookie: secret\r\n folded',
    'Cookie: secret=1\n',
    'Cookie: secret=1\r',
    'Cookie: secret=1\r\nContent-Length: 3',
    'Host: second',
    'hOST: node',
    'Proxy-Authorization: Basic secret',
    'HTTP2-Settings: x',
    `X: ${'1'.repeat(2_048)}`,
    `X: ${'1'.repeat(17_000)}`,
  ];
  const lines = [
    `GET ${setPath} HTTP/1.0`,
    `GET ${setPath} HTTP/1.2`,
    `GET ${setPath} HTTP/2.0`,
    `GET ${setPath}`,
    `GET  ${setPath} HTTP/1.1`,
    `GET ${setPath}  HTTP/1.1`,
    `get ${setPath} HTTP/1.1`,
    `\r\nGET / HTTP/1.1`,
    `HEAD ${setPath} HTTP/1.1`,
    `OPTIONS ${setPath} HTTP/1.1`,
    `POST ${setPath} HTTP/1.1`,
    `GET ${setPath}#x HTTP/1.1`,
    `GET ${setPath}\xff HTTP/1.1`,
    'GET * HTTP/1.1',
    'GET / HTTP/1.1',
    'GET /status HTTP/1.1',
    'GET /projects/No/jwks/a HTTP/1.1',
    'CONNECT a:1 HTTP/1.1',
    'PRI * HTTP/2.0',
  ];
  const own = [
    ...[...plain, ...repeated, ...odd].map((header) => head(setPath, `${header}\r\n`)),
    ...lines.map((line) => `${line}\r\nHost: node\r\n\r\n`),
    `GET ${setPath} HTTP/1.1\r\n\r\n`,
    `GET ${setPath} HTTP/1.1\nHost: node\n\n`,
    head().slice(0, -1),
    head().slice(0, -2),
    '\r\n',
    '\0',
    'x',
    `${head()}\r\n`,
    `${head()}x`,
    `${head()}${head()}`,
    `${head()}GET /status HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n`,
    `${head(setPath, 'Content-Length: 5\r\n')}hello${head()}`,
    `${head(setPath, 'Content-Length: 1000000\r\n')}${'x'.repeat(1e6)}${head()}`,
    `${head(setPath, 'Transfer-Encoding: chunked\r\n')}${`10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(9)}0\r\n\r\n`,
    `POST ${setPath} HTTP/1.1\r\nHost: node\r\nContent-Length: ${head().length}\r\n\r\n${head()}`,
  ];

  /** The response of the same node on a connection that node:http has from its first bytes on. */
  async function askNodeHttp(url: string, bytes: string): Promise<string> {
    const client = await RawClient.connect(url);
    const first = await client.ask('GET /healthz HTTP/1.1\r\nHost: node\r\n\r\n');
    expect(first).toContain('"ok"');
    client.say(bytes).socket.end();
    return heardOf(withoutDate(await client.hearAll()));
  }

  async function ask(url: string, bytes: string): Promise<string> {
    const client = await RawClient.connect(url);
    client.say(bytes).socket.end();
    return heardOf(withoutDate(await client.hearAll()));
  }

  async function askAfterKnown(url: string, bytes: string): Promise<string> {
    const client = await RawClient.connect(url);
    await client.ask(head());
    client.say(bytes).socket.end();
    return heardOf(withoutDate(await client.hearAll()));
  }

  /**
   * The part of the answers that must be equal. For invalid bytes behind a request in the same chunk, node:http sends an
   * error or only closes the connection: that depends on whether it read the chunk from the socket or got it from us, as
   * the answer before it is not finished then.
   */
  const heardOf = (heard: string) =>
    heard
      .replace(/(?<=.)HTTP\/1\.1 4\d\d [^\r]*\r\nConnection: close\r\n\r\n$/s, '')
      .replace(/"(since|lastSeenAt)":("[^"]*"|null)/g, '')
      .replace(/"clockOffsetMs":-?\d+/g, '')
      // What changes in a status has not always the same number of digits.
      .replace(/Content-Length: \d+(?=\r\n(?:[^\r]+\r\n)*\r\n\{"environment")/g, 'Content-Length: ');

  test('the same in whatever comes, at the beginning of a connection, after a known request and again', async () => {
    const { url } = await serving([ecJwk({ name: 'a' })]);
    await teach(url);
    for (const bytes of own) {
      const wanted = await askNodeHttp(url, bytes);
      for (const asked of [ask, askAfterKnown, ask, askAfterKnown]) {
        expect({ bytes: bytes.slice(0, 1_000), heard: await asked(url, bytes) }).toEqual({
          bytes: bytes.slice(0, 1_000),
          heard: wanted,
        });
      }
    }
  });

  test('more requests in one piece than it answers at once, and holds the client back meanwhile', async () => {
    const { url } = await serving([ecJwk({ name: 'a', jwk: bulkyJwk() })]);
    const many = head().repeat(3_000);
    const wanted = await askNodeHttp(url, many);
    expect(wanted.split('HTTP/1.1 200 OK').length - 1).toBe(3_000);
    for (const asked of [ask, askAfterKnown]) {
      await teach(url);
      expect((await asked(url, many)) === wanted).toBe(true);
    }
  });

  test('again whatever is not the plainest spelling of a plain GET, each time that it comes', async () => {
    const { url, countRequests } = await serving([ecJwk({ name: 'a' })]);
    for (const bytes of odd.map((header) => head(setPath, `${header}\r\n`))) {
      const before = countRequests();
      await ask(url, bytes);
      const eachTime = before();
      const after = countRequests();
      for (const _time of [1, 2]) await ask(url, bytes);
      expect({ bytes, count: after() }).toEqual({ bytes, count: 2 * eachTime });
    }
  });

  test('nothing more of what it knows, in whatever plain spelling', async () => {
    const { url, countRequests } = await serving([ecJwk({ name: 'a' })]);
    for (const bytes of [...plain, ...repeated].map((header) => head(setPath, `${header}\r\n`))) {
      await teach(url, bytes);
      const requests = countRequests();
      expect(await teach(url, bytes)).toMatch(/^HTTP\/1\.1 (200|304) /);
      expect({ bytes, count: requests() }).toEqual({ bytes, count: 0 });
    }
  });

  test('nothing more of a known request with other values of headers that change no answer', async () => {
    const { url, countRequests } = await serving([ecJwk({ name: 'a' })]);
    const asked = (value: string) =>
      head(
        setPath,
        `Authorization: ${value}\r\nAccept: */*\r\nCookie: ${value}\r\nTraceParent: ${value}\r\n`,
      );
    const wanted = withoutDate(await teach(url, asked('a')));
    const requests = countRequests();
    const client = await RawClient.connect(url);
    for (const value of ['b', 'secret=1; two', '*', 'x'.repeat(500)]) {
      expect(withoutDate(await client.ask(asked(value)))).toBe(wanted);
    }
    expect(requests()).toBe(0);
  });

  test('the same where any bytes are the value of such a header', async () => {
    const { url } = await serving([ecJwk({ name: 'a' })]);
    const asked = (value: string) => head(setPath, `Cookie: ${value}\r\nAccept: */*\r\n`);
    await teach(url, asked('a'));
    const some = constantFrom(
      '\r',
      '\n',
      '\r\n',
      ' ',
      '\t',
      '\0',
      '\x7f',
      '\xff',
      ':',
      'Content-Length: 1',
      asked('a'),
    );
    const value = array(oneof(some, string({ unit: 'binary-ascii', maxLength: 3 })), { maxLength: 4 });
    await assert(
      asyncProperty(value, constantFrom('', asked('b')), async (parts, next) => {
        const bytes = asked(parts.join('')) + next;
        const wanted = await askNodeHttp(url, bytes);
        for (const way of [ask, askAfterKnown]) expect(await way(url, bytes)).toBe(wanted);
      }),
      { numRuns: 150 },
    );
  });

  test('a known request that comes in two pieces, wherever it is cut, and the next one whole', async () => {
    const { url, countRequests } = await serving([ecJwk({ name: 'a' })]);
    const wanted = withoutDate(await teach(url));
    const requests = countRequests();
    for (let at = 1; at < head().length; at += 1) {
      const client = await RawClient.connect(url);
      client.say(head().slice(0, at));
      // By the time that another is answered, the node has the first piece.
      await teach(url);
      expect(withoutDate(await client.ask(head().slice(at)))).toBe(wanted);
      expect(withoutDate(await client.ask(head()))).toBe(wanted);
    }
    expect(requests()).toBe(2 * (head().length - 1));
  });

  test('the same in known requests that were changed at random', async () => {
    const { url } = await serving([ecJwk({ name: 'a' })]);
    const known = head(setPath, 'Accept: */*\r\nCookie: a=b\r\n');
    for (const bytes of [head(), known]) await teach(url, bytes);
    const piece = oneof(
      constantFrom(
        '\r',
        '\n',
        '\r\n',
        ' ',
        '\t',
        ':',
        '\0',
        head(),
        'Content-Length: 1\r\n',
        'Cookie: ',
        'close',
        'GET ',
      ),
      string({ unit: 'binary-ascii', maxLength: 3 }),
    );
    const changed = tuple(nat(known.length), nat(4), piece).map(
      ([at, cut, put]) => known.slice(0, at) + put + known.slice(at + cut),
    );
    await assert(
      asyncProperty(changed, oneof(constantFrom('', known, head()), changed), async (first, second) => {
        const bytes = first + second;
        const wanted = await askNodeHttp(url, bytes);
        for (const asked of [ask, askAfterKnown, ask]) expect(await asked(url, bytes)).toBe(wanted);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a connection', () => {
  test('that is idle is closed when the node stops', async () => {
    const { url, close } = await serving([ecJwk({ name: 'a' })]);
    await teach(url);
    const [silent, known] = [await RawClient.connect(url), await RawClient.connect(url)];
    await known.ask(head());
    // So that no client is cut off by a time limit.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    await close();
    expect([await silent.hearAll(), await known.hearAll()]).toEqual(['', '']);
  });

  test('that does not take its answers does not keep the node from stopping', async () => {
    const { url, close, countRequests } = await serving([ecJwk({ name: 'a', jwk: bulkyJwk() })]);
    await teach(url);
    const [requests, socketOf] = [countRequests(), serverSockets()];
    const client = await RawClient.connect(url);
    client.socket.pause();
    do {
      client.say(head());
      await teach(url);
    } while (!socketOf(client)?.writableLength);
    expect(requests()).toBe(0);
    await close();
  });

  test('that breaks takes nothing along', async () => {
    const { url } = await serving([ecJwk({ name: 'a' })]);
    await teach(url);
    for (const bytes of ['', head(), head().slice(1)]) {
      const client = await RawClient.connect(url);
      client.say(bytes).socket.resetAndDestroy();
    }
    expect(await getJson(`${url}/healthz`)).toEqual({ status: 'ok' });
  });
});
