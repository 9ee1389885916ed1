// The yardstick of the fan-out: a bare `ws` server that welcomes each client that sends hello, sends one text to all of
// them and measures the time until the last has confirmed.

import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface BroadcastOrder {
  readonly text: string;
  readonly revision: number;
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
const publicKey = Buffer.alloc(32, 9).toString('base64url');
let confirmed: (revision: number) => void = () => undefined;

server.on('connection', (socket: WebSocket) => {
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { type: string; revision: number };
    if (message.type === 'hello') socket.send(JSON.stringify({ type: 'welcome', publicKey }));
    else confirmed(message.revision);
  });
});
server.on('listening', () => process.send?.(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`));

/** @returns milliseconds until the last confirmation */
function broadcast({ text, revision }: BroadcastOrder): Promise<number> {
  const startMs = performance.now();
  return new Promise((resolve) => {
    let waiting = server.clients.size;
    confirmed = (of) => {
      if (of !== revision) return;
      waiting -= 1;
      if (waiting === 0) resolve(performance.now() - startMs);
    };
    for (const client of server.clients) client.send(text);
  });
}

process.on('message', (order: BroadcastOrder) => {
  void broadcast(order).then((ms) => process.send?.(ms));
});
process.once('disconnect', () => process.exit());
