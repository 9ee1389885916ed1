import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { cutStalledClients } from '../../src/node/serve/stalled-clients.ts';

const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

async function serving(body: Buffer) {
  const server = createServer((_request, response) => {
    response.end(body);
  });
  const look = cutStalledClients(server, 1_000_000);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  return { server, socket, look };
}

test('a client that does not take its answer is cut off at the second look', async () => {
  const body = Buffer.alloc(64 * 1024 * 1024);
  const { server, socket, look } = await serving(body);
  socket.write(request);
  await once(server, 'request');
  await once(socket, 'readable');
  look();
  look();
  // An end of the connection only shows to who reads on.
  let received = 0;
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  await once(socket, 'close');
  expect(received).toBeLessThan(body.length);
});

test('a client that keeps its connection open between requests is not', async () => {
  const { socket, look } = await serving(Buffer.from('short'));
  for (let round = 0; round < 3; round += 1) {
    socket.write(request);
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(data.toString()).toContain('short');
    look();
    look();
  }
});
