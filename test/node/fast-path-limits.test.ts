// The limits of connections that are the fast path's, on a server of few milliseconds.

import { once } from 'node:events';
import { createServer, type ServerOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { FastPath } from '../../src/node/serve/fast-path.ts';
import { publishedResponse } from '../../src/node/serve/published-response.ts';
import type { CachedResponse } from '../../src/node/serve/response-cache.ts';
import { SerializedResponse } from '../../src/node/serve/serialized-response.ts';
import { cutStalledClients } from '../../src/node/serve/stalled-clients.ts';
import { countNodeHttpRequests, RawClient, serverSockets } from './support/raw-client.ts';

const head = 'GET /set HTTP/1.1\r\nHost: node\r\n\r\n';
const round = 1_000_000;

function readyAnswer(bodyBytes: number): CachedResponse {
  const published = publishedResponse([Buffer.alloc(bodyBytes, 'x')], {
    type: 'text/plain',
    cacheControl: 'public, max-age=300',
    validity: { validFromMs: Number.NEGATIVE_INFINITY, validUntilMs: Number.POSITIVE_INFINITY },
  });
  const status = (code: 200 | 304, body: string | Buffer) => ({
    requests: { count: 0 },
    serialized: new SerializedResponse({
      status: code,
      headers: published.headers,
      keepAliveSeconds: 65,
      body,
    }),
  });
  return { published, found: status(200, published.payload ?? ''), notModified: status(304, '') };
}

async function serving(bodyBytes = 10, limits: ServerOptions = {}) {
  const answer = readyAnswer(bodyBytes);
  const serverSocketOf = serverSockets();
  const server = createServer(limits, (request, response) => {
    const firstBytes = fastPath.takeFirstBytes(request);
    if (firstBytes !== undefined) fastPath.learn(firstBytes, request);
    response.end(answer.published.payload);
  });
  const answers = { find: (): CachedResponse => answer };
  const fastPath = new FastPath(server, {
    answers,
    keepAliveTimeoutMs: 1.5 * round,
    checkEveryMs: round,
  });
  const lookForStalled = cutStalledClients(server, round);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    fastPath.closeAll();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const teacher = await RawClient.connect(url);
  await teacher.ask(head);
  teacher.socket.destroy();
  const connect = () => RawClient.connect(url);
  const othersAreServed = async () => {
    const other = await connect();
    await other.ask(head);
    other.socket.destroy();
  };
  /** The server's end. */
  const socketOf = async (client: RawClient) => {
    await othersAreServed();
    return serverSocketOf(client) as Socket;
  };
  /** A client that asked until an answer was left waiting for it. */
  const stalled = async () => {
    const client = await connect();
    client.socket.pause();
    const socket = await socketOf(client);
    let said = 0;
    for (; socket.writableLength === 0; said += 1) {
      client.say(head);
      await othersAreServed();
    }
    return { client, socket, said };
  };
  return { server, fastPath, lookForStalled, answers, connect, othersAreServed, socketOf, stalled };
}

test('a client that sends nothing gets the time-out response of node:http', async () => {
  const limits = { headersTimeout: 20, requestTimeout: 40, connectionsCheckingInterval: 10 };
  const { connect, fastPath, othersAreServed } = await serving(10, limits);
  const client = await connect();
  await othersAreServed();
  fastPath.checkIdle();
  expect(await client.hearAll()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
});

test('a client that is silent for a while and then sends a known request is answered by node:http', async () => {
  const { connect, fastPath, othersAreServed } = await serving();
  const client = await connect();
  await othersAreServed();
  const requests = countNodeHttpRequests();
  fastPath.checkIdle();
  expect(await client.ask(head)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(requests()).toBe(1);
});

test('a client is closed once it was idle for the promised time, and not before', async () => {
  const { connect, fastPath } = await serving();
  const [idle, busy] = [await connect(), await connect()];
  for (const client of [idle, busy]) await client.ask(head);
  for (const _round of [1, 2]) fastPath.checkIdle();
  for (const client of [idle, busy]) expect(await client.ask(head)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  for (const _round of [1, 2]) fastPath.checkIdle();
  await busy.ask(head);
  fastPath.checkIdle();
  expect(await idle.hearAll()).toBe('');
  expect(await busy.ask(head)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test('a client that sends requests without reading the responses is paused by node:http', async () => {
  const { connect, othersAreServed, socketOf } = await serving(64 * 1024);
  const requests = countNodeHttpRequests();
  const client = await connect();
  client.socket.pause();
  const socket = await socketOf(client);
  while (requests() === 0) {
    client.say(head);
    await othersAreServed();
  }
  for (let more = 0; more < 100; more += 1) client.say(head);
  await othersAreServed();
  expect(socket.writableLength).toBeLessThan(50 * 64 * 1024);
});

test('a client that does not take its answer is not idle, and cut off at the second look', async () => {
  const { fastPath, lookForStalled, stalled } = await serving(64 * 1024);
  const { socket } = await stalled();
  for (const _round of [1, 2, 3, 4]) fastPath.checkIdle();
  expect(socket.destroyed).toBe(false);
  for (const _round of [1, 2]) lookForStalled();
  expect(socket.destroyed).toBe(true);
});

test('an answer that is larger is sent by node:http', async () => {
  const { othersAreServed } = await serving(64 * 1024 + 1);
  const requests = countNodeHttpRequests();
  await othersAreServed();
  expect(requests()).toBe(1);
});

test('an idle client is closed when the server stops', async () => {
  const { connect, server, fastPath } = await serving();
  const client = await connect();
  const closed = once(server, 'close');
  server.close();
  fastPath.closeIdle();
  expect(await client.hearAll()).toBe('');
  await closed;
});

test("a connection that has ended, or is node:http's now, is not kept", async () => {
  const { connect, fastPath, socketOf } = await serving();
  const [ended, broken, handedOver] = [await connect(), await connect(), await connect()];
  for (const client of [ended, broken, handedOver]) await client.ask(head);
  const sockets = [await socketOf(ended), await socketOf(broken)];
  const closed = sockets.map((socket) => new Promise((resolve) => socket.on('close', resolve)));
  ended.socket.end();
  broken.socket.resetAndDestroy();
  await handedOver.ask(head.replace('node', 'other'));
  await Promise.all(closed);
  expect(fastPath.size).toBe(0);
});

test('a response in progress is sent to its end when the server stops', async () => {
  const { server, fastPath, stalled } = await serving(64 * 1024);
  const { client, said } = await stalled();
  server.close();
  fastPath.closeIdle();
  client.socket.resume();
  const heard = await client.hearAll();
  expect(heard.split('HTTP/1.1 200 OK').length - 1).toBe(said);
  expect(heard.endsWith('x'.repeat(64 * 1024))).toBe(true);
});

test('a response that the client does not read is cut off when the server stops waiting', async () => {
  const { server, fastPath, stalled } = await serving(64 * 1024);
  const { socket } = await stalled();
  const closed = once(server, 'close');
  server.close();
  fastPath.closeIdle();
  expect(socket.destroyed).toBe(false);
  fastPath.closeAll();
  await closed;
});

test('a failure to find the answer is left to node:http', async () => {
  const { connect, answers, server } = await serving();
  answers.find = () => {
    throw new Error('no answer');
  };
  server.removeAllListeners('request').on('request', (_request, response) => response.writeHead(500).end());
  expect(await (await connect()).ask(head)).toMatch(/^HTTP\/1\.1 500 /);
});
