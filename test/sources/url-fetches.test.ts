import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { onBehalfOf } from '../../src/runtime/requester.ts';
import {
  createSafeFetch,
  fetchLimitDefaults,
  fetchLimitMaxima,
  parseAllowList,
  type SafeFetch,
} from '../../src/sources/safe-fetch/safe-fetch.ts';
import { createUrlFetches, type UrlFetches } from '../../src/sources/url-fetches.ts';
import { FakeTime } from '../support/fake-time.ts';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';

const tooMany = { code: 'rate_limit_exceeded', reason: 'TOO_MANY_REQUESTS', retryAfterSeconds: 5 };
const large = fetchLimitMaxima.sizeLimitBytes;
/** 10 MiB that travel as 10 KB. */
const bomb = gzipSync(Buffer.alloc(large, ' '));

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function urlFetches(time = new FakeTime()): UrlFetches {
  const safeFetch = createSafeFetch({ allow: parseAllowList('127.0.0.1') });
  endings.push(() => safeFetch.close());
  return createUrlFetches({ safeFetch, time });
}

/** A server that answers each request when the test releases it. */
async function holdingServer(): Promise<
  HttpTestServer & { answerAll(): void; arrived(count: number): Promise<void> }
> {
  const held: (() => void)[] = [];
  let isOpen = false;
  let notice = () => {};
  const server = await startHttpServer((_request, response) => {
    const answer = () => response.end('{}');
    if (isOpen) answer();
    else held.push(answer);
    notice();
  });
  endings.push(() => server.close());
  return {
    ...server,
    answerAll() {
      isOpen = true;
      for (const answer of held.splice(0)) answer();
    },
    async arrived(count) {
      while (server.requests.length < count) {
        await new Promise<void>((resolve) => {
          notice = resolve;
        });
      }
    },
  };
}

const patient = { ...fetchLimitDefaults, readTimeoutMs: 60_000, connectTimeoutMs: 60_000 };

async function fetchOnce(fetches: UrlFetches, user: string, origin: string): Promise<string> {
  return onBehalfOf(user, async () => {
    const scope = fetches.open();
    try {
      return String((await scope.fetch(`${origin}/`, patient, {})).body);
    } finally {
      scope.end();
    }
  });
}

describe('fetches of source URLs', () => {
  test('run 16 at once for one user and 64 in all', async () => {
    const server = await holdingServer();
    const fetches = urlFetches();
    const asked = ['a', 'b', 'c', 'd', 'e'].flatMap((user) =>
      Array.from({ length: 20 }, () => fetchOnce(fetches, user, server.origin)),
    );
    await server.arrived(64);
    const other = fetchOnce(fetches, 'f', server.origin);
    // Anything more would have come by the time that a request past the queue is answered.
    server.answerAll();
    expect(new Set(await Promise.all([...asked, other]))).toEqual(new Set(['{}']));
    expect(server.requests).toHaveLength(101);
  });

  test('keep places free for another user while one user has hundreds of them waiting', async () => {
    const server = await holdingServer();
    const fetches = urlFetches();
    const hostile = Array.from({ length: 300 }, () => fetchOnce(fetches, 'a', server.origin));
    const outcomes = Promise.allSettled(hostile);
    await server.arrived(16);
    const other = fetchOnce(fetches, 'b', server.origin);
    await server.arrived(17);
    expect(server.requests).toHaveLength(17);
    server.answerAll();
    expect(await other).toBe('{}');
    const rejected = (await outcomes).flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    // 16 ran and 192 waited.
    expect(rejected).toHaveLength(300 - 16 - 192);
    for (const reason of rejected) expect(reason).toMatchObject(tooMany);
  });

  test('wait in 256 places at the most', async () => {
    const server = await holdingServer();
    const fetches = urlFetches();
    const users = ['a', 'b', 'c', 'd', 'e'];
    const asked = users.flatMap((user) =>
      Array.from({ length: 16 + 64 }, () => fetchOnce(fetches, user, server.origin)),
    );
    const outcomes = Promise.allSettled(asked);
    await server.arrived(64);
    server.answerAll();
    const rejected = (await outcomes).filter(({ status }) => status === 'rejected');
    expect(rejected).toHaveLength(users.length * 80 - 64 - 256);
  });

  test('are rejected after ten seconds of waiting', async () => {
    const server = await holdingServer();
    const time = new FakeTime();
    const fetches = urlFetches(time);
    const running = Array.from({ length: 16 }, () => fetchOnce(fetches, 'a', server.origin));
    await server.arrived(16);
    const waiting = expect(fetchOnce(fetches, 'a', server.origin)).rejects.toMatchObject(tooMany);
    expect(time.timers).toBe(1);
    time.advance(10_000);
    await waiting;
    server.answerAll();
    await Promise.all(running);
  });

  test('count until the work that reads the document has ended', async () => {
    const server = await holdingServer();
    server.answerAll();
    const fetches = urlFetches();
    const scopes = Array.from({ length: 16 }, () => fetches.open());
    await Promise.all(scopes.map((scope) => scope.fetch(`${server.origin}/`, patient, {})));
    const time = fetchOnce(fetches, '', server.origin);
    expect(server.requests).toHaveLength(16);
    scopes[0]?.end();
    expect(await time).toBe('{}');
  });

  test('keep one document of 10 MiB of a user in memory at a time, however small it travelled', async () => {
    const server = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    endings.push(() => server.close());
    const fetches = urlFetches();
    const limits = { ...patient, sizeLimitBytes: large };
    let inMemory = 0;
    let most = 0;
    const fetchLarge = async () => {
      const scope = fetches.open();
      try {
        const { body } = await scope.fetch(`${server.origin}/`, limits, {});
        expect(body).toHaveLength(large);
        inMemory += 1;
        most = Math.max(most, inMemory);
        await new Promise((resolve) => setImmediate(resolve));
      } finally {
        inMemory -= 1;
        scope.end();
      }
    };
    await onBehalfOf('a', () => Promise.all(Array.from({ length: 12 }, fetchLarge)));
    expect(most).toBe(1);
  });

  test('wait ten seconds in all, for their turn and for memory together', async () => {
    const time = new FakeTime();
    const document = {
      body: Buffer.alloc(0),
      etag: undefined,
      lastModified: undefined,
      notModified: false,
    };
    const safeFetch: Pick<SafeFetch, 'fetch'> = {
      async fetch(_url, { reserve }) {
        await reserve?.();
        return document;
      },
    };
    const fetches = createUrlFetches({ safeFetch, time });
    const scopes = Array.from({ length: 17 }, () => fetches.open());
    const limits = { ...patient, sizeLimitBytes: large };
    const outcomes = scopes.map((scope) =>
      scope.fetch('http://127.0.0.1/', limits, {}).catch((error: unknown) => error),
    );
    expect(await outcomes[0]).toBe(document);
    // 15 wait for memory and the last for its turn, which it gets after six seconds.
    expect(time.timers).toBe(16);
    time.advance(6_000);
    scopes[1]?.end();
    await new Promise((resolve) => setImmediate(resolve));
    time.advance(4_000);
    expect(time.timers).toBe(0);
    for (const error of (await Promise.all(outcomes)).slice(1)) expect(error).toMatchObject(tooMany);
  });
});
