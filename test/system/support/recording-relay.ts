// A relay between a node and its manager that forwards everything unchanged and records it.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { FromManager, FromNode, Hello, State } from '../../../src/protocol/messages.ts';

export interface RecordingRelay {
  readonly url: string;
  /** Since the last `clear`, oldest first. */
  readonly hellos: readonly Hello[];
  readonly states: readonly State[];
  /** The sealed messages of the node to the manager. */
  readonly sealedByNode: readonly string[];
  clear(): void;
  close(): Promise<void>;
}

export async function startRelay(managerUrl: string): Promise<RecordingRelay> {
  const fromNode: FromNode[] = [];
  const fromManager: FromManager[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer();
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    sockets.handleUpgrade(request, socket as Socket, head, (near) => {
      const far = new WebSocket(managerUrl.replace(/^http/, 'ws') + request.url);
      const opened = once(far, 'open');
      near.on('message', (data) => {
        fromNode.push(JSON.parse(data.toString()) as FromNode);
        opened.then(() => far.send(data.toString())).catch(() => near.terminate());
      });
      far.on('message', (data) => {
        fromManager.push(JSON.parse(data.toString()) as FromManager);
        near.send(data.toString());
      });
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on('error', () => other.terminate());
        one.on('close', () => other.terminate());
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get hellos() {
      return fromNode.filter((message) => message.type === 'hello');
    },
    get states() {
      return fromManager.filter((message) => message.type === 'state');
    },
    get sealedByNode() {
      return fromNode.flatMap((message) => (message.type === 'sealed' ? [message.sealed] : []));
    },
    clear() {
      fromNode.length = 0;
      fromManager.length = 0;
    },
    async close() {
      for (const client of sockets.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
