import { connect, createServer, type Server } from 'node:net';

// Below the range that Linux gives to outgoing connections, so that none of ours lands on them meanwhile.
const lowest = 12_000;
const highest = 31_000;

/** The first of `count` consecutive free ports. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = lowest + Math.floor(Math.random() * (highest - lowest));
    const servers = await Promise.all(Array.from({ length: count }, (_, index) => listening(first + index)));
    await Promise.all(servers.map((server) => server && closed(server)));
    if (servers.every((server) => server !== undefined)) return first;
  }
}

export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

/** Listens on a port so that no other process can. */
export function listening(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
