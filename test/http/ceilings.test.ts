import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type NodeStreams, serveNodeStreams } from '../../src/http/node-stream.ts';
import { streamPath } from '../../src/protocol/messages.ts';
import { until } from '../support/manager.ts';
import { type ListeningWorld, openListeningWorld, requestLine } from './support/listening-world.ts';
import { type RawSocket, rawSocket } from './support/raw-socket.ts';

const connections = 12;

let world: ListeningWorld;
let streams: NodeStreams;
beforeAll(async () => {
  world = await openListeningWorld({ connections });
  const { refusals, services } = world;
  const { admission, deployments, pages } = services;
  const log = pino({ level: 'silent' });
  const options = { ...admission, deployments, pages, log, refusals, mostStreams: 2 };
  streams = serveNodeStreams(world.app.server, options);
});
afterAll(async () => {
  await streams.close();
  await world.close();
});

test('at the limit of connections further ones are closed, open ones are served, and one that ends makes room', async () => {
  const request = `${requestLine('GET', '/healthz')}\r\n`;
  const held: RawSocket[] = [];
  for (let count = 0; count < connections; count += 1) held.push(await rawSocket(world.port, request));
  await until(() => held.every((one) => one.heard().includes('"ok"')), 'all are served');
  const further = await rawSocket(world.port, request);
  expect(await further.ended).toBe('');
  const [first, ...others] = held;
  for (const one of others) one.socket.write(request);
  await until(() => others.every((one) => one.heard().split('"ok"').length === 3), 'all are served again');
  first?.socket.destroy();
  await until(async () => (await world.connectionCount()) < connections, 'there is room');
  await world.othersAreServed();
  for (const one of others) one.socket.destroy();
  await until(async () => (await world.connectionCount()) === 0, 'all are gone');
});

test('at the limit of node streams a further node is sent to another manager, and one that ends makes room', async () => {
  await world.call('POST', '/apiops/environments/', { body: { name: 'production', type: 'TEST' } });
  const made = await world.call('POST', '/apiops/environments/production/enrollment-tokens/');
  const dial = () => dialed(made.json().token);
  const [first, second] = [await dial(), await dial()];
  await expect(dial()).rejects.toThrow('Unexpected server response: 503');
  await world.othersAreServed();
  first.terminate();
  await until(async () => (await world.connectionCount()) === 1, 'the stream is gone');
  const third = await dial();
  for (const stream of [second, third]) stream.terminate();
});

function dialed(token: string): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`ws://127.0.0.1:${world.port}${streamPath}`, { headers });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.on('error', reject);
  });
}
