// What stands before several managers or nodes: takes a connection and passes it on to the next of them in turn.
// It skips a server that refuses the connection, as every load balancer does. With `replay` it also resends the
// client's bytes if a server closes the connection before it answered a byte: correct for requests that only read.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

interface Attempt {
  readonly first: number;
  readonly number: number;
}

export interface TcpBalancer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

export async function startTcpBalancer(
  ports: readonly number[],
  { replay }: { replay: boolean },
): Promise<TcpBalancer> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once('close', () => sockets.delete(socket));
  };

  /** @param attempt counts on from the turn of this connection, so that a second try goes to another one */
  function forward(near: Socket, said: Buffer[], attempt: Attempt): void {
    const far = connect(ports[(attempt.first + attempt.number) % ports.length] ?? 0, '127.0.0.1');
    keep(far);
    let connected = false;
    let answered = false;
    const onData = (piece: Buffer) => {
      if (replay && !answered) said.push(piece);
      far.write(piece);
    };
    const giveUp = () => {
      near.off('data', onData);
      far.destroy();
      const again =
        attempt.number < 2 * ports.length && !near.destroyed && (!connected || (replay && !answered));
      if (again) forward(near, said, { ...attempt, number: attempt.number + 1 });
      else if (answered) near.end();
      else near.destroy();
    };
    far.on('connect', () => {
      connected = true;
      for (const piece of said) far.write(piece);
      if (!replay) said.length = 0;
      near.on('data', onData);
      near.resume();
    });
    far.on('data', (piece: Buffer) => {
      answered = true;
      near.write(piece);
    });
    far.on('error', () => undefined);
    far.once('close', giveUp);
    near.once('close', () => far.destroy());
  }

  const server = createServer((near) => {
    keep(near);
    near.pause();
    near.on('error', () => near.destroy());
    turn += 1;
    forward(near, [], { first: turn, number: 0 });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
