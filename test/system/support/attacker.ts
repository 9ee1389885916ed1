// Stands between nodes and a manager and ends their WebSockets, as a load balancer does that ends TLS: he reads every
// message, and decides what each side receives instead.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

export interface Passing {
  readonly from: 'node' | 'manager';
  readonly text: string;
  readonly message: Readonly<Record<string, unknown>>;
  /** The number of its connection, from 1. */
  readonly connection: number;
}

/** The messages that the receiver gets instead, in this order; undefined forwards the original. */
export type Attack = (passing: Passing) => readonly string[] | undefined;

export interface Attacker {
  readonly url: string;
  /** All that passed, oldest first, as it was sent. */
  readonly seen: readonly Passing[];
  /** From the next message on. */
  attack(how: Attack): void;
  rest(): void;
  close(): Promise<void>;
}

const nothing: Attack = () => undefined;

export async function startAttacker(managerUrl: string): Promise<Attacker> {
  const seen: Passing[] = [];
  let attack = nothing;
  let connections = 0;
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const server = createServer();

  function tap(from: Passing['from'], connection: number, [near, far]: readonly [WebSocket, WebSocket]) {
    const opened = far.readyState === far.OPEN ? Promise.resolve() : once(far, 'open');
    near.on('message', (data) => {
      const text = data.toString();
      const passing = { from, text, message: JSON.parse(text), connection };
      seen.push(passing);
      const instead = attack(passing) ?? [text];
      opened.then(() => instead.map((one) => far.send(one))).catch(() => near.terminate());
    });
    near.on('error', () => far.terminate());
    near.on('close', (code, reason) => {
      // He passes the ends on too, where they can be passed on.
      if (code >= 3000 || code === 1000) far.close(code, reason);
      else far.terminate();
    });
  }

  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    sockets.handleUpgrade(request, socket as Socket, head, (node) => {
      connections += 1;
      const manager = new WebSocket(managerUrl.replace(/^http/, 'ws') + request.url);
      tap('node', connections, [node, manager]);
      tap('manager', connections, [manager, node]);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    attack(how) {
      attack = how;
    },
    rest() {
      attack = nothing;
    },
    async close() {
      for (const client of sockets.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The first message of this direction and type, with one bit of this member another one. */
export function alterOnce(from: Passing['from'], type: string, member: string): Attack {
  let done = false;
  return (passing) => {
    if (done || passing.from !== from || passing.message.type !== type) return undefined;
    done = true;
    return [JSON.stringify({ ...passing.message, [member]: withOneBitFlipped(passing.message[member]) })];
  };
}

function withOneBitFlipped(value: unknown): unknown {
  if (typeof value === 'number') return value ^ 1;
  if (typeof value === 'boolean') return !value;
  const text = String(value);
  if (!/^[\w+/=-]{32,}$/.test(text)) {
    const bytes = Buffer.from(text);
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    return bytes.toString();
  }
  if (/^[0-9a-f]+$/.test(text)) return (text.startsWith('0') ? '1' : '0') + text.slice(1);
  const encoding = /[+/=]/.test(text) ? 'base64' : 'base64url';
  const bytes = Buffer.from(text, encoding);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 4;
  return bytes.toString(encoding);
}
