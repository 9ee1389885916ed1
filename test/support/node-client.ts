// The node's end of a stream without a node: it does the handshake of the real one, and then says and hears what a
// test, a bench or a fault wants.

import { createHash } from 'node:crypto';
import { WebSocket } from 'ws';
import { NodeHandshake, type ProvenManager } from '../../src/node/stream/node-handshake.ts';
import { parseEnrollmentToken } from '../../src/protocol/enrollment-token.ts';
import {
  type Resume,
  type Revoked,
  type SealedFromManager,
  type SealedFromNode,
  type State,
  streamPath,
  type Welcome,
} from '../../src/protocol/messages.ts';
import { readFromManager, readSealedFromManager } from '../../src/protocol/read-message.ts';
import { type SigningKey, signingKeyOf } from '../../src/protocol/signing-keys.ts';
import { emptyDigest } from '../../src/protocol/state-digest.ts';

export interface NodeClientOptions {
  /** http or ws, of the manager. */
  readonly url: string;
  readonly environment: string;
  readonly name: string;
  /** Not needed by a node whose key is registered. */
  readonly token?: string | undefined;
  /** Left out: a key that belongs to the name. */
  readonly key?: SigningKey;
  readonly version?: string;
  /** The revision that it reports; if absent, it reports an empty state. */
  readonly resume?: Partial<Resume>;
  readonly headers?: Readonly<Record<string, string>>;
  /** State messages, with the JSON of their changes. */
  readonly onState?: (state: State, changes: string) => void;
  /** False leaves state messages sealed: what a thousand machines would open must not count against the manager. */
  readonly opens?: boolean;
  readonly onWelcome?: (welcome: Welcome) => void;
  /** Sent only to a client whose `resume` says that it has heartbeats. */
  readonly onRevoked?: (revoked: Revoked) => void;
}

export interface NodeClient {
  readonly socket: WebSocket;
  /** The plaintexts that the manager sealed, and state messages as they came. */
  readonly heard: readonly (SealedFromManager | State)[];
  readonly welcomed: Promise<Welcome>;
  /** The code and the reason that the manager closed the stream with. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  say(message: SealedFromNode): void;
}

/** The same key for the same name in every run. */
export function keyOfName(name: string): SigningKey {
  return signingKeyOf(createHash('sha256').update(`key of ${name}`).digest());
}

export function startNodeClient(options: NodeClientOptions): NodeClient {
  const { environment, name, version = 'client', key = keyOfName(name), token } = options;
  const secret = token === undefined ? undefined : parseEnrollmentToken(token);
  if (token !== undefined && secret === undefined) throw new Error('that is no enrollment token');
  const pinned = secret === undefined || secret.kind === 'first release' ? undefined : secret.fingerprint;
  const handshake = new NodeHandshake({ environment, name, version, key, secret, pinned });
  const socket = new WebSocket(options.url.replace(/^http/, 'ws') + streamPath, {
    perMessageDeflate: false,
    headers: { ...options.headers },
  });
  const heard: (SealedFromManager | State)[] = [];
  const { promise: welcomed, resolve, reject } = Promise.withResolvers<Welcome>();
  welcomed.catch(() => undefined);
  let manager: ProvenManager | undefined;

  function resume(): Resume {
    const nothing = { environmentId: null, revision: 0, digest: emptyDigest.toString('hex') };
    return { type: 'resume', time: Date.now(), ...nothing, ...options.resume };
  }

  function hear(text: string): void {
    const message = readFromManager(text);
    if ('problem' in message) throw new Error(message.problem);
    if (message.type === 'identity') {
      handshake.identity(message, text);
    } else if (message.type === 'proof') {
      manager = handshake.proof(message, resume);
      socket.send(JSON.stringify(manager.proof));
    } else if (!manager) {
      throw new Error(`a ${message.type} before the proof`);
    } else if (message.type === 'state') {
      heard.push(message);
      const changes = options.opens === false ? '' : manager.opening.openState(message);
      options.onState?.(message, changes);
    } else {
      hearSealed(manager.opening.open(message));
    }
  }

  function hearSealed(text: string): void {
    const said = readSealedFromManager(text);
    if ('problem' in said) throw new Error(said.problem);
    heard.push(said);
    if (said.type === 'revoked') options.onRevoked?.(said);
    if (said.type !== 'welcome') return;
    options.onWelcome?.(said);
    resolve(said);
  }

  socket.on('open', () => socket.send(handshake.hello));
  socket.on('message', (data: Buffer) => hear(data.toString()));
  const closed = new Promise<{ code: number; reason: string }>((done) => {
    socket.on('close', (code, reason) => done({ code, reason: reason.toString() }));
  });
  socket.on('error', (error) => reject(error));
  closed.then(({ code, reason }) => reject(new Error(`closed with ${code}: ${reason}`)));
  return {
    socket,
    heard,
    welcomed,
    closed,
    say(message) {
      if (!manager) throw new Error('nothing is sealed before the proof');
      socket.send(JSON.stringify(manager.sealing.seal(JSON.stringify(message))));
    },
  };
}
