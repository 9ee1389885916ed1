import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { cutStalledClients } from '../../src/node/serve/stalled-clients.ts';

async function serving(body: Buffer): Promise<number> {
  const server = createServer((_request, response) => {
    response.end(body);
  });
  cutStalledClients(server, 40);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test('a client that does not take its answer is cut off', async () => {
  const socket = connect(await serving(Buffer.alloc(64 * 1024 * 1024)), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'readable');
  // Not reading is what stalls; an end of the connection shows only to who reads on.
  const cut = new Promise((resolve) => setTimeout(resolve, 200));
  await cut;
  let received = 0;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  await once(socket, 'close');
  expect(received).toBeLessThan(64 * 1024 * 1024);
});

test('a client that keeps its connection open between requests is not', async () => {
  const socket = connect(await serving(Buffer.from('short')), '127.0.0.1');
  for (let request = 0; request < 4; request += 1) {
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(data.toString()).toContain('short');
    const looks = new Promise((resolve) => setTimeout(resolve, 60));
    await looks;
  }
  expect(socket.destroyed).toBe(false);
  socket.destroy();
});
