// The manager's end of a node's stream: a WebSocket that carries what `deployments/handshake` says. A client is
// unauthenticated before the handshake, so such streams are limited in number and time.

import type { Server } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import {
  type ConversationOptions,
  type ConversationStream,
  NodeConversation,
} from '../deployments/handshake/node-conversation.ts';
import { SendTurns } from '../deployments/send-turns.ts';
import type { Refusals } from '../metrics/refusals.ts';
import { streamPath } from '../protocol/messages.ts';
import { longestFromNode } from '../protocol/read-message.ts';
import { BoundedLog } from '../runtime/bounded-log.ts';
import { Semaphore } from '../runtime/semaphore.ts';
import { clientAddress } from './limits/client-address.ts';
import { UpgradeGate } from './limits/upgrade-gate.ts';

export interface NodeStreamOptions extends ConversationOptions {
  /**
   * Concurrent streams. The default is several times the 1,000 nodes that a manager is made for; further nodes connect
   * to another manager.
   */
  readonly mostStreams?: number;
  readonly refusals: Refusals;
  readonly pingEveryMs?: number;
  /** Nodes have to prove a client certificate, besides the handshake. */
  readonly requiresCertificate?: boolean;
  /** Proxies whose `X-Forwarded-For` is trusted; none without it. */
  readonly isTrustedProxy?: (address: string) => boolean;
}

/**
 * Concurrent handshakes. Otherwise a thousand nodes that reconnect at once would queue before everybody else for the
 * ten database connections.
 */
const lookedAtOnce = 5;
/** A client that does not answer the close of its stream holds it no longer. */
const closeTimeoutMs = 5_000;
const defaultPingEveryMs = 5_000;
const farewellMs = 1_000;
const defaultMostStreams = 5_000;
/** Streams whose handshake is not finished: they cost a socket each, and anybody can open them. */
const mostHandshakes = 2_000;

/** Not written in place: `closeTimeout` is newer than the types of `ws`. */
const webSocketOptions = {
  noServer: true,
  maxPayload: longestFromNode,
  closeTimeout: closeTimeoutMs,
  perMessageDeflate: false,
};

export interface NodeStreams {
  /** Asks nodes to connect to another manager; those that do not respond are disconnected. */
  close(): Promise<void>;
}

/** Takes the WebSockets of `streamPath` from this server; any other WebSocket is rejected. */
export function serveNodeStreams(server: Server, options: NodeStreamOptions): NodeStreams {
  const sockets = new WebSocketServer(webSocketOptions);
  const { mostStreams = defaultMostStreams, pingEveryMs = defaultPingEveryMs, refusals } = options;
  const handshakes = new Semaphore(lookedAtOnce);
  const unknown = new Set<WebSocket>();
  const turns = new SendTurns();
  const bounded = new BoundedLog({ log: options.log });
  const gate = new UpgradeGate(server, {
    path: streamPath,
    refusals,
    requiresCertificate: options.requiresCertificate ?? false,
    hasRoom: () => sockets.clients.size < mostStreams && unknown.size < mostHandshakes,
    inTurn: (decide) => {
      turns
        .run(decide)
        ?.catch((error: unknown) => options.log.error({ err: error }, 'an upgrade could not be decided'));
    },
    take: ({ request, socket, head }) => {
      const address = clientAddress(request, options.isTrustedProxy) ?? null;
      sockets.handleUpgrade(request, socket, head, (stream) =>
        converse(stream, { address, unknown, turns, bounded, options: { ...options, handshakes } }),
      );
    },
    onError: (error) =>
      bounded.warn(null, { err: error }, 'the response to an upgrade request could not be sent'),
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
      bounded.flush();
    },
  };
}

/** RFC 6455 §7.4.1: the endpoint goes away (the process stops). */
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

function converse(
  stream: WebSocket,
  {
    address,
    unknown,
    turns,
    bounded,
    options,
  }: {
    readonly address: string | null;
    readonly unknown: Set<WebSocket>;
    /** Shared by all streams. */
    readonly turns: SendTurns;
    readonly bounded: BoundedLog;
    readonly options: NodeStreamOptions & { readonly handshakes: Semaphore };
  },
): void {
  unknown.add(stream);
  const conversation = new NodeConversation(asConversationStream(stream, unknown), address, {
    ...options,
    onJoined: () => unknown.delete(stream),
    onRefused: () => options.refusals.count('node_handshake', address ?? undefined),
    warn: (...line) => bounded.warn(...line),
  });
  stream.on('pong', () => missedPongs.set(stream, 0));
  stream.on('error', (error) => bounded.warn(address, { err: error }, 'a node stream failed'));
  // In the order of arrival: of a thousand confirmations that arrive at once, each iteration of the event loop takes a slice.
  const take = (received: () => void) => {
    turns.run(received)?.catch((error: unknown) => {
      options.log.error({ err: error, address }, 'a message of a node could not be handled');
      stream.terminate();
    });
  };
  stream.on('close', (code) => {
    unknown.delete(stream);
    take(() => conversation.ended(code));
  });
  stream.on('message', (data: RawData, binary: boolean) => {
    const text = binary ? undefined : data.toString();
    take(() => conversation.receive(text));
  });
}

function asConversationStream(stream: WebSocket, unknown: ReadonlySet<WebSocket>): ConversationStream {
  return {
    send: (text, onLeft) => stream.readyState === stream.OPEN && stream.send(text, onLeft),
    close(code, reason) {
      stream.close(code, reason);
      // Nodes that never joined are not waited for.
      if (unknown.has(stream)) setTimeout(() => stream.terminate(), farewellMs).unref();
    },
    get isOpen() {
      return stream.readyState === stream.OPEN;
    },
    get bufferedBytes() {
      return stream.bufferedAmount;
    },
  };
}
