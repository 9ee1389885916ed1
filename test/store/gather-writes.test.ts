import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { gatherWrites } from '../../src/store/postgres/gather-writes.ts';

class CountedSocket extends Socket {
  calls = 0;
  override _write(...given: Parameters<Socket['_write']>): void {
    this.calls += 1;
    super._write(...given);
  }
  override _writev(...given: Parameters<NonNullable<Socket['_writev']>>): void {
    this.calls += 1;
    super._writev?.(...given);
  }
}

test('what is sent in one turn of the event loop leaves at once, in its order', async () => {
  let received = '';
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      received += data;
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stream = new CountedSocket();
  stream.connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(stream, 'connect');
  const client = { connection: { stream } } as unknown as pg.ClientBase;
  const send = async (text: string) => {
    gatherWrites(client);
    stream.write(text);
  };
  await Promise.all(['a', 'b'].map(send));
  await send('c');
  await new Promise(setImmediate);
  expect(stream.calls).toBe(1);
  await send('d');
  stream.end();
  await once(stream, 'close');
  expect(stream.calls).toBe(2);
  expect(received).toBe('abcd');
  server.close();
});
