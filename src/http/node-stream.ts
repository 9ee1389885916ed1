// The manager's end of a node's stream: a WebSocket that only an enrollment token opens. The token is checked
// before the upgrade, so that a stranger never holds one.

import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Admission, Enrolled } from '../deployments/admit-node.ts';
import type { Deployments } from '../deployments/deployments.ts';
import type { NodeSession, NodeStream } from '../deployments/node-session.ts';
import type { StatePartReader } from '../deployments/state-part-reader.ts';
import { KeyplaneError } from '../errors.ts';
import { checkName } from '../names.ts';
import { agreeChannelKey, sealState } from '../protocol/channel-key.ts';
import { closeCodes, type Hello, protocolVersion, streamPath, type Welcome } from '../protocol/messages.ts';
import { readFromNode } from '../protocol/read-message.ts';

export interface NodeStreamLog {
  warn(facts: Record<string, unknown>, text: string): void;
}

export interface NodeStreamOptions {
  /** The environment that the token opens, if any. */
  readonly environmentOfToken: (token: string) => Promise<Enrolled | undefined>;
  readonly admit: (environmentId: string, name: string, version: string) => Promise<Admission | undefined>;
  /** Its stream is this manager's from now on; answers the number of the connection. */
  readonly claim: (nodeId: string, version: string) => Promise<number | undefined>;
  readonly deployments: Deployments;
  readonly parts: StatePartReader;
  readonly log: NodeStreamLog;
}

/** A node says only short things. */
const messageBytesLimit = 64 * 1024;
const helloTimeoutMs = 5_000;
const pingEveryMs = 5_000;

export interface NodeStreams {
  close(): void;
}

/** Takes the upgrades of `streamPath` from this server; any other upgrade is refused. */
export function serveNodeStreams(server: Server, options: NodeStreamOptions): NodeStreams {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytesLimit,
    perMessageDeflate: false,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrade(request)
      .then((environment) => {
        if (environment === undefined) return refuse(socket, '401 Unauthorized');
        sockets.handleUpgrade(request, socket, head, (stream) => greet(stream, environment, options));
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
    return options.environmentOfToken(token);
  }

  const pings = setInterval(() => {
    for (const stream of sockets.clients) checkAlive(stream);
  }, pingEveryMs);
  pings.unref();
  return {
    close() {
      clearInterval(pings);
      for (const stream of sockets.clients) stream.terminate();
      sockets.close();
    },
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
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

function greet(stream: WebSocket, environment: Enrolled, options: NodeStreamOptions): void {
  const { deployments, log } = options;
  let session: NodeSession | undefined;
  let greeting = false;
  const deadline = setTimeout(() => stream.close(closeCodes.protocol, 'no hello'), helloTimeoutMs);
  stream.on('pong', () => missedPongs.set(stream, 0));
  stream.on('error', (error) =>
    log.warn({ err: error, environment: environment.name }, 'a node stream failed'),
  );
  stream.on('close', () => {
    clearTimeout(deadline);
    if (session) deployments.leave(session);
  });
  stream.on('message', (data: RawData, binary: boolean) => {
    const message = binary ? undefined : readFromNode(data.toString());
    if (!message || 'problem' in message)
      return stream.close(closeCodes.protocol, 'not a message of this protocol');
    if (session) return deployments.receive(session, message);
    if (message.type !== 'hello' || greeting) return stream.close(closeCodes.protocol, 'hello comes first');
    greeting = true;
    clearTimeout(deadline);
    welcome(stream, environment, { hello: message, options })
      .then((joined) => {
        session = joined;
        if (joined && stream.readyState !== stream.OPEN) deployments.leave(joined);
      })
      .catch((error: unknown) => {
        if (error instanceof KeyplaneError)
          return stream.close(closeCodes.protocol, error.message.slice(0, 100));
        log.warn({ err: error, environment: environment.name }, 'a node could not be welcomed');
        stream.close(1011, 'the manager failed');
      });
  });
}

async function welcome(
  stream: WebSocket,
  enrolled: Enrolled,
  { hello, options }: { hello: Hello; options: NodeStreamOptions },
): Promise<NodeSession | undefined> {
  const { deployments, parts, admit, claim, log } = options;
  if (hello.protocol !== protocolVersion) {
    stream.close(closeCodes.version, `this manager speaks protocol ${protocolVersion}`);
    return undefined;
  }
  const name = checkName(hello.name, 'Node name');
  const admission = await admit(enrolled.id, name, hello.version);
  if (!admission) {
    stream.close(closeCodes.unauthorized, 'the environment is gone');
    return undefined;
  }
  const { environment, node, revision, digest } = admission;
  const sameState = hello.environmentId === environment.id;
  if (sameState && hello.revision > revision) {
    const facts = { environment: environment.name, node: name, nodeRevision: hello.revision, revision };
    log.warn(facts, 'a node is ahead of this manager: was the manager restored from an older backup?');
    stream.close(closeCodes.ahead, `this manager knows revision ${revision} only`);
    return undefined;
  }
  const connection = await claim(node.id, hello.version);
  if (connection === undefined) {
    stream.close(closeCodes.forgotten, 'an operator forgot this node');
    return undefined;
  }
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const ownPublic = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const peerPublic = Buffer.from(hello.publicKey, 'base64url');
  const key = agreeChannelKey(privateKey, { ownPublic, peerPublic, role: 'manager' });
  const answer: Welcome = {
    type: 'welcome',
    protocol: protocolVersion,
    environmentId: environment.id,
    environmentName: environment.name,
    publicKey: ownPublic.toString('base64url'),
  };
  stream.send(JSON.stringify(answer));
  const drifted = sameState && hello.revision === revision && hello.digest !== digest.toString('hex');
  return deployments.join({
    identity: {
      ...{ nodeId: node.id, environmentId: environment.id, tokenId: enrolled.tokenId },
      ...{ name, version: hello.version, connection },
    },
    stream: asNodeStream(stream),
    parts,
    seal: (header, changes, counter) => sealState(key, counter, { header, changes }),
    startRevision: hello.revision,
    reset: !sameState || drifted,
  });
}

function asNodeStream(stream: WebSocket): NodeStream {
  return {
    send: (text) => stream.readyState === stream.OPEN && stream.send(text),
    close: (code, reason) => stream.close(code, reason),
    get bufferedBytes() {
      return stream.bufferedAmount;
    },
  };
}
