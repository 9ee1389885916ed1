// The manager's end of a node's stream: a WebSocket that only an enrollment token opens. The token is checked
// before the upgrade, so that an unauthenticated client never holds one.

import type { Server } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Enrolled } from '../deployments/admit-node.ts';
import { KeyplaneError } from '../errors.ts';
import type { Refusals } from '../metrics/refusals.ts';
import { closeCodes, streamPath } from '../protocol/messages.ts';
import { readFromNode } from '../protocol/read-message.ts';
import { Semaphore } from '../runtime/semaphore.ts';
import { UpgradeGate } from './limits/upgrade-gate.ts';
import { type Joined, type WelcomeOptions, welcome } from './node-welcome.ts';

export interface NodeStreamOptions extends WelcomeOptions {
  /** The environment that the token opens, if any. */
  readonly environmentOfToken: (token: string) => Promise<Enrolled | undefined>;
  /** Streams at once. When left out it is several times the 1,000 that a manager is made for; more dial another one. */
  readonly mostStreams?: number;
  readonly refusals: Refusals;
  /** Nodes have to prove a client certificate, besides their token. */
  readonly requiresCertificate?: boolean;
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
/** A client that does not answer the close of its stream holds it no longer. */
const closeTimeoutMs = 5_000;
const defaultMostStreams = 5_000;

/** Not written in place: `closeTimeout` is newer than the types of `ws`. */
const webSocketOptions = {
  noServer: true,
  maxPayload: messageBytesLimit,
  closeTimeout: closeTimeoutMs,
  perMessageDeflate: false,
};

export interface NodeStreams {
  /** Nodes are told to dial another manager; those that do not hear it are cut off. */
  close(): Promise<void>;
}

/** Takes the WebSockets of `streamPath` from this server; any other WebSocket is rejected. */
export function serveNodeStreams(server: Server, options: NodeStreamOptions): NodeStreams {
  const sockets = new WebSocketServer(webSocketOptions);
  const { mostStreams = defaultMostStreams } = options;
  const handshakes = new Semaphore(lookedAtOnce);
  const gate = new UpgradeGate(server, {
    path: streamPath,
    refusals: options.refusals,
    mostPending: mostStreams,
    requiresCertificate: options.requiresCertificate ?? false,
    hasRoom: () => sockets.clients.size < mostStreams,
    admit: async (request) => {
      const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
      return token === undefined ? undefined : handshakes.run(() => options.environmentOfToken(token));
    },
    take: (environment, { request, socket, head }) =>
      sockets.handleUpgrade(request, socket, head, (stream) =>
        greet(stream, environment, { ...options, handshakes }),
      ),
    onError: (error) => options.log.warn({ err: error }, 'a node could not be let in'),
  });
  sockets.on('wsClientError', (_error, socket) => gate.refuse(socket, 'upgrade_request'));

  const pings = setInterval(() => {
    for (const stream of sockets.clients) checkAlive(stream);
  }, pingEveryMs);
  pings.unref();
  return {
    async close() {
      clearInterval(pings);
      gate.close();
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
