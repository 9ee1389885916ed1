import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpRelay {
  readonly port: number;
  /** New connections go there; those that are open are cut. */
  pointTo(port: number): void;
  close(): Promise<void>;
}

export interface TcpRelayOptions {
  readonly port: number;
  /** Looks at the first bytes of a connection; one that is not let through is cut. */
  readonly lets?: (first: Buffer) => boolean;
}

/** Stands for a load balancer, or for a network that loses some connections. */
export async function startTcpRelay({ port, lets = () => true }: TcpRelayOptions): Promise<TcpRelay> {
  let target = port;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    track(near);
    near.once('data', (first: Buffer) => {
      if (!lets(first)) return near.destroy();
      const far = connect(target, '127.0.0.1');
      track(far);
      far.write(first);
      near.pipe(far).pipe(near);
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
  });
  const track = (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  };
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    pointTo(next) {
      target = next;
      cut();
    },
    async close() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
