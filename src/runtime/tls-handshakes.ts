import type { Server } from 'node:https';
import type { Socket } from 'node:net';

/**
 * Connections that have not finished their TLS handshake are in no list of the HTTP server, and would hold its end.
 * @returns what destroys them
 */
export function trackHandshakes(server: Server): () => void {
  const handshaking = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    handshaking.set(key, socket);
    socket.once('close', () => {
      if (handshaking.get(key) === socket) handshaking.delete(key);
    });
  });
  server.on('secureConnection', (socket) => handshaking.delete(keyOf(socket)));
  return () => {
    for (const socket of handshaking.values()) socket.destroy();
  };
}

function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
