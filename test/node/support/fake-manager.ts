// A manager that speaks the real protocol over a real WebSocket and does what a test tells it to.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { agreeChannelKey, sealState } from '../../../src/protocol/channel-key.ts';
import type { Change, DeployedContent } from '../../../src/protocol/content.ts';
import {
  type Applied,
  type Hello,
  protocolVersion,
  type Refused,
  type State,
} from '../../../src/protocol/messages.ts';
import { readFromNode } from '../../../src/protocol/read-message.ts';
import { addDigest, contentDigest, emptyDigest } from '../../../src/protocol/state-digest.ts';
import { Mailbox } from './mailbox.ts';

export const managerToken = 'enrollment-token-of-the-test';

/** The digest of an environment that has these objects. */
export function digestOf(contents: readonly DeployedContent[]): string {
  return contents
    .reduce((sum, content) => addDigest(sum, contentDigest(content)), emptyDigest)
    .toString('hex');
}

export class ManagerLink {
  readonly hello: Hello;
  readonly socket: WebSocket;
  readonly answers = new Mailbox<Applied | Refused>();
  readonly #key: KeyObject;
  #counter = 0;

  constructor(socket: WebSocket, hello: Hello, key: KeyObject) {
    this.socket = socket;
    this.hello = hello;
    this.#key = key;
  }

  /** Seals and sends; `then` may spoil what is sent. */
  send(
    header: Omit<State, 'sealed' | 'type'>,
    changes: readonly Change[],
    then = (state: State): State => state,
  ): void {
    this.#counter += 1;
    const state = sealState(this.#key, this.#counter, {
      header: { type: 'state', ...header },
      changes: JSON.stringify(changes),
    });
    this.socket.send(JSON.stringify(then(state)));
  }

  /** Everything anew, in one message. */
  async reset(revision: number, contents: readonly DeployedContent[]): Promise<Applied | Refused> {
    const changes = contents.map((put, index) => ({ revision: revision - contents.length + index + 1, put }));
    this.send({ reset: true, from: 0, to: revision, final: true, digest: digestOf(contents) }, changes);
    return this.answers.next();
  }

  /** One difference, in one message. `after` is all that the node then has. */
  async change(
    from: number,
    changes: readonly Change[],
    after: readonly DeployedContent[],
  ): Promise<Applied | Refused> {
    const to = changes.at(-1)?.revision ?? from;
    this.send({ reset: false, from, to, final: true, digest: digestOf(after) }, changes);
    return this.answers.next();
  }

  async closed(): Promise<number> {
    if (this.socket.readyState === this.socket.CLOSED) return 1006;
    const [code] = (await once(this.socket, 'close')) as [number];
    return code;
  }
}

export class FakeManager {
  environmentId = 'environment-1';
  environmentName = 'production';
  /** Undefined as with a manager of before there were lineages. */
  lineage: string | undefined = 'lineage-1';
  readonly links = new Mailbox<ManagerLink>();
  /** Requests that did not carry the token. */
  readonly strangers = new Mailbox<IncomingMessage>();
  #server: Server | undefined;
  #sockets: WebSocketServer | undefined;
  #port = 0;

  static async start(): Promise<FakeManager> {
    const manager = new FakeManager();
    await manager.listen();
    return manager;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** At the same port as before. */
  async listen(): Promise<void> {
    const server = createServer();
    const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => undefined);
      if (request.url !== '/node-stream' || request.headers.authorization !== `Bearer ${managerToken}`) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        this.strangers.put(request);
        return;
      }
      sockets.handleUpgrade(request, socket as Socket, head, (stream) => this.#greet(stream));
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#sockets = sockets;
  }

  async stop(): Promise<void> {
    for (const client of this.#sockets?.clients ?? []) client.terminate();
    this.#sockets?.close();
    this.#server?.closeAllConnections();
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
    this.#server = undefined;
  }

  #greet(socket: WebSocket): void {
    let link: ManagerLink | undefined;
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      const message = readFromNode(data.toString());
      if ('problem' in message) throw new Error(message.problem);
      if (message.type !== 'hello') {
        link?.answers.put(message);
        return;
      }
      const { privateKey, publicKey } = generateKeyPairSync('x25519');
      const ownPublic = rawPublic(publicKey);
      socket.send(
        JSON.stringify({
          type: 'welcome',
          protocol: protocolVersion,
          environmentId: this.environmentId,
          environmentName: this.environmentName,
          publicKey: ownPublic.toString('base64url'),
          ...(this.lineage !== undefined && { lineage: this.lineage }),
        }),
      );
      const peerPublic = Buffer.from(message.publicKey, 'base64url');
      link = new ManagerLink(
        socket,
        message,
        agreeChannelKey(privateKey, { ownPublic, peerPublic, role: 'manager' }),
      );
      this.links.put(link);
    });
  }
}

function rawPublic(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}
