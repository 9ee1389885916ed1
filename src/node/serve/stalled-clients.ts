import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/**
 * Cuts clients off that ask and then do not take the response: one check finds the same bytes waiting as the check
 * before. A time limit on every socket would do too, but costs a tenth of a small response.
 * @returns the check itself
 */
export function cutStalledClients(server: Server, lookEveryMs: number): () => void {
  const sockets = new Set<Socket>();
  const waiting = new WeakMap<Socket, number>();
  // Of TLS what node:http writes to, not the connection below it.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const look = () => {
    for (const socket of sockets) {
      if (socket.writableLength === 0) waiting.delete(socket);
      else if (waiting.get(socket) === socket.bytesWritten) socket.destroy();
      else waiting.set(socket, socket.bytesWritten);
    }
  };
  const looks = setInterval(look, lookEveryMs);
  looks.unref();
  server.once('close', () => clearInterval(looks));
  return look;
}
