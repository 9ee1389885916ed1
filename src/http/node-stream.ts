// The manager's end of a node's stream: a WebSocket that only an enrollment token opens. The token is checked
// before the upgrade, so that a stranger never holds one.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Enrolled } from '../deployments/admit-node.ts';
import { KeyplaneError } from '../errors.ts';
import { closeCodes, streamPath } from '../protocol/messages.ts';
import { readFromNode } from '../protocol/read-message.ts';
import { Semaphore } from '../runtime/semaphore.ts';
import { type Joined, type WelcomeOptions, welcome } from './node-welcome.ts';

export interface NodeStreamOptions extends WelcomeOptions {
  /** The environment that the token opens, if any. */
  readonly environmentOfToken: (token: string) => Promise<Enrolled | undefined>;
  /** Streams at once. When left out it is several times the 1,000 that a manager is made for; more dial another one. */
  readonly mostStreams?: number;
}

/**
 * Nodes whose token or hello is looked at, at a time. A thousand that come back at once would otherwise all stand before
 * everybody else who wants a connection to the database, of which there are ten.
 */
const lookedAtOnce = 5;
/** A node says only short things. */
const messageBytesLimit = 64 * 1024;
const helloTimeoutMs = 5_000;
const pingEveryMs = 5_000;
const farewellMs = 1_000;
const defaultMostStreams = 5_000;

export interface NodeStreams {
  /** Nodes are told to dial another manager; those that do not hear it are cut off. */
  close(): Promise<void>;
}

/** Takes the upgrades of `streamPath` from this server; any other upgrade is refused. */
export function serveNodeStreams(server: Server, options: NodeStreamOptions): NodeStreams {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytesLimit,
    perMessageDeflate: false,
  });
  const { mostStreams = defaultMostStreams } = options;
  const handshakes = new Semaphore(lookedAtOnce);
  let closing = false;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrade(request)
      .then((environment) => {
        if (environment === undefined) return refuse(socket, '401 Unauthorized');
        if (closing || sockets.clients.size >= mostStreams) return refuse(socket, '503 Service Unavailable');
        sockets.handleUpgrade(request, socket, head, (stream) =>
          greet(stream, environment, { ...options, handshakes }),
        );
      })
      .catch((error: unknown) => {
        options.log.warn({ err: error }, 'a node could not be let in');
        refuse(socket, '503 Service Unavailable');
      });
  });

  async function upgrade(request: IncomingMessage) {
    const [path] = (request.url ?? '').split('?');
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (path !== streamPath || token === undefined) return undefined;
    return handshakes.run(() => options.environmentOfToken(token));
  }

  const pings = setInterval(() => {
    for (const stream of sockets.clients) checkAlive(stream);
  }, pingEveryMs);
  pings.unref();
  return {
    async close() {
      clearInterval(pings);
      closing = true;
      await Promise.all([...sockets.clients].map(sendAway));
      sockets.close();
    },
  };
}

/** RFC 6455 §7.4.1: the endpoint is going away. */
function sendAway(stream: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const impatience = setTimeout(() => stream.terminate(), farewellMs);
    stream.once('close', () => {
      clearTimeout(impatience);
      resolve();
    });
    stream.close(1001, 'the manager stops');
  });
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** RFC 6455 §5.5.1 has room for 123 bytes; a letter that is cut in two becomes one of three. */
function closeReason(text: string): string {
  return Buffer.from(text).subarray(0, 120).toString();
}

const missedPongs = new WeakMap<WebSocket, number>();

/** A half-open connection answers no ping; after two it is given up. */
function checkAlive(stream: WebSocket): void {
  const missed = missedPongs.get(stream) ?? 0;
  if (missed >= 2) {
    stream.terminate();
    return;
  }
  missedPongs.set(stream, missed + 1);
  stream.ping();
}

function greet(
  stream: WebSocket,
  environment: Enrolled,
  options: NodeStreamOptions & { readonly handshakes: Semaphore },
): void {
  const { deployments, log, handshakes } = options;
  let joined: Joined | undefined;
  let greeting = false;
  const deadline = setTimeout(() => stream.close(closeCodes.protocol, 'no hello'), helloTimeoutMs);
  stream.on('pong', () => missedPongs.set(stream, 0));
  stream.on('error', (error) =>
    log.warn({ err: error, environment: environment.name }, 'a node stream failed'),
  );
  stream.on('close', () => {
    clearTimeout(deadline);
    if (joined) deployments.leave(joined.session);
  });
  stream.on('message', (data: RawData, binary: boolean) => {
    const message = binary ? undefined : readFromNode(data.toString());
    if (!message || 'problem' in message)
      return stream.close(closeCodes.protocol, 'not a message of this protocol');
    if (joined) {
      deployments.receive(joined.session, message);
      joined.watch(message);
      return;
    }
    if (message.type !== 'hello' || greeting) return stream.close(closeCodes.protocol, 'hello comes first');
    greeting = true;
    clearTimeout(deadline);
    handshakes
      .run(async () => {
        // It may have given up while it waited.
        if (stream.readyState !== stream.OPEN) return undefined;
        return welcome(stream, environment, { hello: message, options });
      })
      .then((result) => {
        joined = result;
        if (joined && stream.readyState !== stream.OPEN) deployments.leave(joined.session);
      })
      .catch((error: unknown) => {
        if (error instanceof KeyplaneError)
          return stream.close(closeCodes.protocol, closeReason(error.message));
        log.warn({ err: error, environment: environment.name }, 'a node could not be welcomed');
        stream.close(1011, 'the manager failed');
      });
  });
}
