// A TCP proxy that a test can disturb: it forwards bytes at once, slowly, late, or not at all.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TcpProxy {
  readonly port: number;
  /** Where it passes bytes on to, for connections that are made from now on. */
  target(port: number): void;
  /** Ends every connection and refuses new ones at once. */
  cut(): void;
  /** Half open: connections stay open, and no bytes arrive any more, either way. New connections hang as well. */
  freeze(): void;
  /** Half open, as above, but only for the connections that there are: new ones work. */
  freezePresent(): void;
  /** Connections that hung meanwhile are closed, as no client waits for them any more. */
  heal(): void;
  /** Each piece of bytes arrives so much later. */
  delay(ms: number): void;
  /** Both ways together; Infinity lifts it. */
  throttle(bytesPerSecond: number): void;
  close(): Promise<void>;
}

type State = 'open' | 'cut' | 'frozen';

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let to = targetPort;
  let state: State = 'open';
  let delayMs = 0;
  let bytesPerSecond = Number.POSITIVE_INFINITY;
  const sockets = new Set<Socket>();
  const frozen = new WeakSet<Socket>();

  const server = createServer({ allowHalfOpen: false }, (near) => {
    if (state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    keep(near);
    if (state === 'frozen') return;
    const far = connect(to, '127.0.0.1');
    keep(far);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      void pass(one, other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  }

  /** One piece after the other, so that none overtakes another. */
  async function pass(from: Socket, into: Socket): Promise<void> {
    try {
      for await (const piece of from as AsyncIterable<Buffer>) {
        // Bytes that came while the proxy was frozen are lost with their connection.
        if (state === 'frozen' || frozen.has(from)) continue;
        const waitMs = delayMs + (1000 * piece.length) / bytesPerSecond;
        if (waitMs > 0) await sleep(waitMs);
        if (!into.write(piece)) await once(into, 'drain');
      }
      into.end();
    } catch {
      into.destroy();
    }
  }

  function endAll(): void {
    for (const socket of [...sockets]) socket.resetAndDestroy();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    target(port) {
      to = port;
    },
    cut() {
      state = 'cut';
      endAll();
    },
    freeze() {
      state = 'frozen';
    },
    freezePresent() {
      for (const socket of sockets) frozen.add(socket);
    },
    heal() {
      if (state === 'frozen') endAll();
      state = 'open';
    },
    delay(ms) {
      delayMs = ms;
    },
    throttle(limit) {
      bytesPerSecond = limit;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      endAll();
      await closed;
    },
  };
}
