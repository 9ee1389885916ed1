import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';

/** For the requests in progress. */
const graceMs = 10_000;

/**
 * Connections of a server that outlive what their handshake relied on.
 * @returns what ends those that are open: the idle ones at once, the others after 10 seconds
 */
export function trackConnections(server: Server): () => void {
  const open = new Set<TLSSocket>();
  server.on('secureConnection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    const former = [...open];
    server.closeIdleConnections();
    setTimeout(() => {
      for (const socket of former) socket.destroy();
    }, graceMs).unref();
  };
}
