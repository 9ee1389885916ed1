// Upgrades that the manager rejects, from clients that never close their side.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { type Upgrade, UpgradeGate } from '../../src/http/limits/upgrade-gate.ts';
import { serveNodeStreams } from '../../src/http/node-stream.ts';
import { Refusals } from '../../src/metrics/refusals.ts';
import { streamPath } from '../../src/protocol/messages.ts';
import { until } from '../support/manager.ts';
import { type ListeningWorld, openListeningWorld, requestLine } from './support/listening-world.ts';

const many = 300;
const webSocket = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
const handshake = `${webSocket}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n`;

let world: ListeningWorld;
beforeAll(async () => {
  world = await openListeningWorld();
  const { refusals, services, app } = world;
  const { admission, deployments, pages } = services;
  const log = pino({ level: 'silent' });
  const streams = serveNodeStreams(app.server, { ...admission, deployments, pages, log, refusals });
  app.server.once('close', () => void streams.close());
});
afterAll(() => world.close());

const held = new Set<Socket>();
afterEach(() => {
  for (const socket of held) socket.destroy();
  held.clear();
});

/** A client that keeps its side open also after the other side has closed. */
async function holding(port: number, request: string): Promise<{ heard(): string }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  held.add(socket);
  let heard = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(request);
  return { heard: () => heard };
}

const metricOf = async (cause: string): Promise<number> => {
  const text = await world.metrics.metrics();
  return Number(new RegExp(`keyplane_refusals_total\\{cause="${cause}"\\} (\\d+)`).exec(text)?.[1]);
};

test.each<[what: string, status: number, cause: string, request: () => string]>([
  [
    'with two Host headers',
    400,
    'upgrade_request',
    () => `${requestLine('GET', streamPath)}Host: other\r\n${handshake}`,
  ],
  ['on another path', 404, 'upgrade_path', () => requestLine('GET', '/elsewhere') + handshake],
  [
    'that is no WebSocket handshake',
    400,
    'upgrade_request',
    () => `${requestLine('GET', streamPath)}${webSocket}`,
  ],
])(
  '300 clients that ask for an upgrade %s are answered, and the manager holds none of them',
  async (_what, status, cause, request) => {
    const before = await metricOf(cause);
    const linesBefore = world.logLines().length;
    const clients = await Promise.all(
      Array.from({ length: many }, () => holding(world.port, `${request()}\r\n`)),
    );
    await until(() => clients.every(({ heard }) => heard().endsWith('}')), 'all have read their answer');
    await until(async () => (await world.connectionCount()) === 0, 'the manager holds no connection');
    for (const { heard } of clients) {
      expect(heard()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(heard()).toMatch(/\r\nConnection: close\r\n[\s\S]*"reason":"[A-Z_]+"}$/);
    }
    expect((await metricOf(cause)) - before).toBe(many);
    const lines = world.logLines().slice(linesBefore);
    expect(lines.filter(({ msg }) => msg === 'rejected').length).toBeLessThan(10);
  },
);

test('a client that sends no HTTP is answered, and the manager does not hold it', async () => {
  const before = await metricOf('http_syntax');
  const client = await holding(world.port, 'this is no HTTP\r\n\r\n');
  await until(() => client.heard() !== '', 'it is answered');
  // The time limits of node:http end it after more than this.
  await until(async () => (await world.connectionCount()) === 0, 'the manager holds no connection', 8_000);
  expect(client.heard()).toMatch(/^HTTP\/1\.1 400 /);
  expect((await metricOf('http_syntax')) - before).toBe(1);
});

test('an upgrade to another protocol than WebSocket is ignored: the request is answered and the connection closed', async () => {
  const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
  const client = await holding(world.port, `${requestLine('GET', '/healthz')}${upgrade}\r\n`);
  await until(() => client.heard() !== '', 'it is answered');
  await until(async () => (await world.connectionCount()) === 0, 'the manager holds no connection');
  expect(client.heard()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test('the first rejection of a cause is logged, and then their number', async () => {
  const lines: Record<string, unknown>[] = [];
  const log = { warn: (facts: Record<string, unknown>) => void lines.push(facts) };
  const refusals = new Refusals({ metrics: new Registry(), log, logEveryMs: 20 });
  for (let count = 0; count < 1_000; count += 1) refusals.count('upgrade_limit', '192.0.2.1');
  refusals.count('upgrade_path', '192.0.2.2');
  expect(lines).toEqual([
    { cause: 'upgrade_limit', address: '192.0.2.1', count: 1 },
    { cause: 'upgrade_path', address: '192.0.2.2', count: 1 },
  ]);
  await until(() => lines.length === 3, 'the rest is logged');
  expect(lines[2]).toEqual({ cause: 'upgrade_limit', address: '192.0.2.1', count: 999 });
});

/** A server with its own gate. */
async function gated({
  hasRoom = (): boolean => true,
  take = (_: Upgrade): void => undefined,
  inTurn = (decide: () => void): void => decide(),
} = {}) {
  const server = createServer();
  const metrics = new Registry();
  const lines: Record<string, unknown>[] = [];
  const log = { warn: (facts: Record<string, unknown>) => void lines.push(facts) };
  const gate = new UpgradeGate(server, {
    path: '/stream',
    refusals: new Refusals({ metrics, log }),
    hasRoom,
    requiresCertificate: false,
    inTurn,
    take,
    onError: (error) => lines.push({ error }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const knock = () => holding(port, `${requestLine('GET', '/stream')}${handshake}\r\n`);
  return { server, gate, knock, lines };
}

type Client = Awaited<ReturnType<typeof holding>>;
const isUnavailable = ({ heard }: Client) => /^HTTP\/1\.1 503 /.test(heard());

test('300 clients that want a stream where there is no room are answered, and the manager holds none of them', async () => {
  const { server, knock, lines } = await gated({ hasRoom: () => false });
  const clients = await Promise.all(Array.from({ length: many }, knock));
  await until(() => clients.every(isUnavailable), 'all are answered');
  await until(async () => (await connectionsOf(server)) === 0, 'the server holds no connection');
  expect(lines).toEqual([{ cause: 'upgrade_limit', address: '127.0.0.1', count: 1 }]);
});

test('an upgrade that fails is answered and logged, and the manager does not hold it', async () => {
  const error = new Error('it fails');
  const { server, knock, lines } = await gated({
    take() {
      throw error;
    },
  });
  const client = await knock();
  await until(() => isUnavailable(client), 'it is answered');
  await until(async () => (await connectionsOf(server)) === 0, 'the server holds no connection');
  expect(lines).toEqual([{ error }, { cause: 'upgrade_failed', address: '127.0.0.1', count: 1 }]);
});

test('an upgrade is decided in its turn, and not where its client has left', async () => {
  const waiting: (() => void)[] = [];
  const taken: Upgrade[] = [];
  let hasRoom = true;
  const { server, knock, lines } = await gated({
    hasRoom: () => hasRoom,
    take: (upgrade) => void taken.push(upgrade),
    inTurn: (decide) => void waiting.push(decide),
  });
  const sockets: Duplex[] = [];
  server.on('upgrade', (_request, socket) => void sockets.push(socket));
  const clients = [await knock(), await knock(), await knock()];
  await until(() => waiting.length === 3, 'all wait for their turn');
  expect(taken).toEqual([]);
  waiting[0]?.();
  sockets[1]?.destroy();
  waiting[1]?.();
  hasRoom = false;
  waiting[2]?.();
  await until(() => clients[2] !== undefined && isUnavailable(clients[2]), 'the last is answered');
  expect(taken).toHaveLength(1);
  expect(lines).toEqual([{ cause: 'upgrade_limit', address: '127.0.0.1', count: 1 }]);
  for (const { socket } of taken) socket.destroy();
});

test('nodes that connect at the same moment become streams over several iterations of the event loop', async () => {
  const perIteration = [0];
  const spied = vi
    .spyOn(WebSocketServer.prototype, 'handleUpgrade')
    .mockImplementation((_request, socket) => {
      busyFor(5);
      socket.destroy();
      perIteration.push((perIteration.pop() ?? 0) + 1);
    });
  onTestFinished(() => spied.mockRestore());
  let next: NodeJS.Immediate;
  const watch = () => {
    perIteration.push(0);
    next = setImmediate(watch);
  };
  watch();
  onTestFinished(() => clearImmediate(next));
  const request = `${requestLine('GET', streamPath)}${handshake}\r\n`;
  const clients = Array.from({ length: 20 }, () => connect(world.port, '127.0.0.1').setNoDelay());
  for (const client of clients) client.on('error', () => undefined);
  await Promise.all(clients.map((client) => once(client, 'connect')));
  await until(async () => (await world.connectionCount()) === clients.length, 'all are connected');
  for (const client of clients) client.write(request);
  busyFor(50);
  await until(() => spied.mock.calls.length === clients.length, 'all are taken');
  expect(Math.max(...perIteration)).toBeLessThanOrEqual(4);
});

function busyFor(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

test('a server that stops rejects what still comes, and waits for no rejected client', async () => {
  const taken: Upgrade[] = [];
  const { server, gate, knock } = await gated({ take: (upgrade) => void taken.push(upgrade) });
  const early = await knock();
  await until(() => taken.length === 1, 'it is taken');
  gate.close();
  const late = await knock();
  await until(() => isUnavailable(late), 'it is answered');
  for (const { socket } of taken) socket.destroy();
  const closed = once(server, 'close');
  server.close();
  await closed;
  expect([early.heard(), taken.length]).toEqual(['', 1]);
});

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}
