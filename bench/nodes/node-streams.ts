// Many nodes in one process, each on a stream of its own: they say hello and confirm what they are sent, as the
// protocol has it. They keep nothing and, but for the first, open nothing: what a thousand machines would do at once
// must not be counted against the manager. The same process also plays the clients of the bare broadcast.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { WebSocket } from 'ws';
import { agreeChannelKey, openState } from '../../src/protocol/channel-key.ts';
import { type Hello, protocolVersion, type State, type Welcome } from '../../src/protocol/messages.ts';
import { emptyDigest } from '../../src/protocol/state-digest.ts';

export interface StreamsOrder {
  /** ws: or wss: */
  readonly url: string;
  readonly token: string;
  readonly count: number;
  /** Whether the first of them opens what it is sent: a manager's messages open, those of the yardstick do not. */
  readonly opens: boolean;
}

/** What the last state message was, as it came. */
export interface LastState {
  readonly text: string;
  /** That the first stream was brought to. */
  readonly revision: number;
}

let sockets: WebSocket[] = [];
let last: LastState = { text: '', revision: 0 };
const dialsAtOnce = 50;

class Stream {
  readonly #keys = generateKeyPairSync('x25519');
  readonly #socket: WebSocket;
  readonly #isFirst: boolean;
  readonly #opens: boolean;
  readonly #welcomed: () => void;
  #key: KeyObject | undefined;
  #counter = 0;

  constructor(
    socket: WebSocket,
    name: string,
    { isFirst, opens, welcomed }: { isFirst: boolean; opens: boolean; welcomed: () => void },
  ) {
    this.#socket = socket;
    this.#isFirst = isFirst;
    this.#opens = opens;
    this.#welcomed = welcomed;
    socket.on('open', () => socket.send(JSON.stringify(this.#hello(name))));
    socket.on('message', (data: Buffer) => this.#take(data.toString()));
  }

  get #publicKey(): Buffer {
    return Buffer.from(this.#keys.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  }

  #hello(name: string): Hello {
    const publicKey = this.#publicKey.toString('base64url');
    const nothing = { environmentId: null, revision: 0, digest: emptyDigest.toString('hex') };
    return { type: 'hello', protocol: protocolVersion, name, version: 'bench', publicKey, ...nothing };
  }

  #take(text: string): void {
    const message = JSON.parse(text) as Welcome | State;
    if (message.type === 'welcome') {
      const peerPublic = Buffer.from(message.publicKey, 'base64url');
      const ends = { ownPublic: this.#publicKey, peerPublic, role: 'node' } as const;
      if (this.#isFirst && this.#opens) this.#key = agreeChannelKey(this.#keys.privateKey, ends);
      this.#welcomed();
      return;
    }
    this.#counter += 1;
    if (this.#key) openState(this.#key, this.#counter, message);
    if (this.#isFirst) last = { text, revision: message.to };
    if (!message.final) return;
    this.#socket.send(JSON.stringify({ type: 'applied', revision: message.to, digest: message.digest }));
  }
}

async function dial({ url, token, count, opens }: StreamsOrder): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => index).reverse();
  const one = async () => {
    for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
      const socket = new WebSocket(url, {
        headers: { Authorization: `Bearer ${token}` },
        perMessageDeflate: false,
      });
      sockets.push(socket);
      const name = `node-${number}`;
      const isFirst = number === 0;
      await new Promise<void>((welcomed, failed) => {
        socket.on('error', failed);
        socket.on('close', (code) => failed(new Error(`stream ${name} was closed with ${code}`)));
        new Stream(socket, name, { isFirst, opens, welcomed });
      });
    }
  };
  await Promise.all(Array.from({ length: dialsAtOnce }, one));
}

async function hangUp(): Promise<void> {
  const closed = sockets.map((socket) => new Promise((done) => socket.once('close', done)));
  for (const socket of sockets) socket.close();
  await Promise.all(closed);
  sockets = [];
}

process.on('message', (question: StreamsOrder | 'last' | 'hang up') => {
  if (question === 'last') process.send?.(last);
  else if (question === 'hang up') void hangUp().then(() => process.send?.('done'));
  else void dial(question).then(() => process.send?.('done'));
});
process.once('disconnect', () => process.exit());
