// A manager that speaks the real protocol over a real WebSocket and does what a test requires.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { OpeningEnd, SealingEnd } from '../../../src/protocol/channel.ts';
import type { Change, DeployedContent } from '../../../src/protocol/content.ts';
import { enrollmentTokenText } from '../../../src/protocol/enrollment-token.ts';
import {
  deriveSessionKeys,
  type FormerIdentity,
  proofBytes,
  transcriptOf,
} from '../../../src/protocol/handshake.ts';
import {
  type Applied,
  closeCodes,
  type Hello,
  type NodeProof,
  protocolVersion,
  type Refused,
  type Resume,
  type RevokedKidsReport,
  type SealedFromManager,
  type State,
  type Usage,
} from '../../../src/protocol/messages.ts';
import { readFromNode, readSealedFromNode } from '../../../src/protocol/read-message.ts';
import {
  fingerprintOf,
  isSignedBy,
  type SigningKey,
  signBytes,
  signingKeyOf,
} from '../../../src/protocol/signing-keys.ts';
import { addDigest, contentDigest, emptyDigest } from '../../../src/protocol/state-digest.ts';
import { Mailbox } from './mailbox.ts';

/** The identity that a fake manager has unless it is given another one. */
export const managerIdentity: SigningKey = signingKeyOf(Buffer.alloc(32, 1));
const tokenKey = signingKeyOf(Buffer.alloc(32, 2));
/** Of this identity; the fake manager accepts it. */
export const managerToken = enrollmentTokenText(
  Buffer.alloc(32, 2),
  fingerprintOf(managerIdentity.publicKey),
);

/** The digest of an environment that has these objects. */
export function digestOf(contents: readonly DeployedContent[]): string {
  return contents
    .reduce((sum, content) => addDigest(sum, contentDigest(content)), emptyDigest)
    .toString('hex');
}

export class ManagerLink {
  readonly hello: Hello;
  readonly proof: NodeProof;
  readonly resume: Resume;
  readonly socket: WebSocket;
  readonly answers = new Mailbox<Applied | Refused>();
  /** Reports of the use of keys; none is answered unless the test does. */
  readonly reports = new Mailbox<Usage>();
  readonly revokedKids = new Mailbox<RevokedKidsReport>();
  readonly #sealing: SealingEnd;

  constructor(
    socket: WebSocket,
    said: { readonly hello: Hello; readonly proof: NodeProof; readonly resume: Resume },
    sealing: SealingEnd,
  ) {
    this.socket = socket;
    this.hello = said.hello;
    this.proof = said.proof;
    this.resume = said.resume;
    this.#sealing = sealing;
  }

  /** Seals and sends; `then` may spoil what is sent. */
  send(
    header: Omit<State, 'sealed' | 'type'>,
    changes: readonly Change[],
    then = (state: State): State => state,
  ): void {
    const state = this.#sealing.sealState({
      header: { type: 'state', ...header },
      changes: JSON.stringify(changes),
    });
    this.socket.send(JSON.stringify(then(state)));
  }

  say(message: SealedFromManager): void {
    this.socket.send(JSON.stringify(this.#sealing.seal(JSON.stringify(message))));
  }

  /** As a manager that does not know the node's history. */
  disown(): void {
    this.say({ type: 'ended', code: closeCodes.ahead, reason: 'this manager does not know the revision' });
    this.socket.close(closeCodes.ahead);
  }

  /** A snapshot in one message. */
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
  identity = managerIdentity;
  former: readonly FormerIdentity[] = [];
  privateKeys = true;
  /** Whether it answers heartbeats. */
  hears = true;
  /** By how much its time is ahead of that of this machine. */
  aheadMs = 0;
  /** How many nodes it says are registered. */
  nodes: number | undefined;
  /** Hellos with another token than that of the test. */
  readonly unknown = new Mailbox<Hello>();
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
    const { privateKey, publicKey } = generateKeyPairSync('x25519');
    let first: { readonly hello: Hello; readonly transcript: Buffer } | undefined;
    let joined: { readonly link: ManagerLink; readonly opening: OpeningEnd } | undefined;
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      const text = data.toString();
      const message = readFromNode(text);
      if ('problem' in message) throw new Error(message.problem);
      if (message.type === 'hello') {
        const ofToken = message.tokenKey ?? bytesText(tokenKey.publicKey);
        if (ofToken !== bytesText(tokenKey.publicKey)) {
          this.unknown.put(message);
          socket.close(closeCodes.unauthorized, 'the enrollment token is unknown');
          return;
        }
        const identity = this.#identityText(publicKey);
        const transcript = transcriptOf(text, identity);
        const names = { environment: message.environment, node: message.name };
        const signature = signBytes(this.identity, proofBytes('manager', names, transcript));
        socket.send(identity);
        socket.send(JSON.stringify({ type: 'proof', signature: bytesText(signature) }));
        first = { hello: message, transcript };
      } else if (message.type === 'proof') {
        if (!first) throw new Error('a proof before the hello');
        joined = this.#join(socket, { ...first, privateKey, proof: message });
        this.links.put(joined.link);
      } else {
        if (!joined) throw new Error('something sealed before the proof');
        const said = readSealedFromNode(joined.opening.open(message));
        if ('problem' in said) throw new Error(said.problem);
        if (said.type === 'applied' || said.type === 'refused') joined.link.answers.put(said);
        if (said.type === 'usage') joined.link.reports.put(said);
        if (said.type === 'revoked-kids') joined.link.revokedKids.put(said);
        if (said.type === 'clock' && this.hears) {
          const now = Date.now() + this.aheadMs;
          const nodes = this.nodes === undefined ? {} : { nodes: this.nodes };
          joined.link.say({ type: 'heard', time: said.time, lastSeenAt: now, managerTime: now, ...nodes });
        }
      }
    });
  }

  #identityText(ephemeral: KeyObject): string {
    return JSON.stringify({
      type: 'identity',
      protocol: protocolVersion,
      ephemeralKey: ephemeral.export({ format: 'jwk' }).x,
      identityKey: bytesText(this.identity.publicKey),
      formerKeys: this.former.map(({ formerKey, signature }) => ({
        formerKey: bytesText(formerKey),
        signature: bytesText(signature),
      })),
    });
  }

  #join(
    socket: WebSocket,
    said: {
      readonly hello: Hello;
      readonly transcript: Buffer;
      readonly privateKey: KeyObject;
      readonly proof: NodeProof;
    },
  ) {
    const { hello, transcript, privateKey, proof } = said;
    const bytes = proofBytes('node', { environment: hello.environment, node: hello.name }, transcript);
    if (!isSignedBy(bytesOf(hello.nodeKey), bytes, bytesOf(proof.signature))) {
      throw new Error("the node's proof does not hold");
    }
    const keys = deriveSessionKeys(privateKey, bytesOf(hello.ephemeralKey), transcript);
    const opening = new OpeningEnd(keys.toManager);
    const resume = readSealedFromNode(opening.open(proof));
    if ('problem' in resume || resume.type !== 'resume') throw new Error('no resume');
    const link = new ManagerLink(socket, { hello, proof, resume }, new SealingEnd(keys.toNode));
    link.say({
      type: 'welcome',
      environmentId: this.environmentId,
      environmentName: this.environmentName,
      privateKeys: this.privateKeys,
      heartbeats: true,
      ...(this.lineage !== undefined && { lineage: this.lineage }),
    });
    return { link, opening };
  }
}

function bytesText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}
