// What the manager does with the streams of clients that answer no ping.

import { once } from 'node:events';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { serveNodeStreams } from '../../src/http/node-stream.ts';
import { streamPath } from '../../src/protocol/messages.ts';
import { type ListeningWorld, openListeningWorld } from './support/listening-world.ts';

let world: ListeningWorld;
beforeAll(async () => {
  world = await openListeningWorld();
  const { refusals, services, app } = world;
  const { admission, deployments, pages } = services;
  const log = pino({ level: 'silent' });
  const streams = serveNodeStreams(app.server, {
    ...admission,
    deployments,
    pages,
    log,
    refusals,
    pingEveryMs: 50,
  });
  app.server.once('close', () => void streams.close());
});
afterAll(() => world.close());

/** It may be closed while another one is opened, so its end is listened for from the beginning. */
async function stream(autoPong: boolean) {
  const socket = new WebSocket(`ws://127.0.0.1:${world.port}${streamPath}`, { autoPong });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await once(socket, 'open');
  return { socket, closed };
}

test('a stream whose client answers no ping is cut off, and one whose client does stays', async () => {
  const [silent, alive] = [await stream(false), await stream(true)];
  // Without a close frame: the client would not answer it.
  expect(await silent.closed).toBe(1006);
  const closed = alive.closed.then(() => 'closed');
  for (let pings = 0; pings < 5; pings += 1)
    expect(await Promise.race([closed, once(alive.socket, 'ping').then(() => 'pinged')])).toBe('pinged');
  alive.socket.terminate();
});
