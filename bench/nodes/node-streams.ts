// Many nodes in one process, each on a stream of its own: they say hello and confirm what they are sent, as the
// protocol has it. They keep no more than where they are and, but for the first, open nothing: what a thousand machines
// would do at once must not be counted against the manager. The same process also plays the clients of the bare broadcast.

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
  /** How many dial at the same time; 50 when it is left out. */
  readonly atOnce?: number;
  /** They come back with what the first of them was last told, rather than with nothing. */
  readonly comeBack?: boolean;
  /** It is answered once each has all that there is, rather than once each was welcomed. */
  readonly untilLevel?: boolean;
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

type Held = Pick<Hello, 'environmentId' | 'revision' | 'digest' | 'lineage'>;
const nothing: Held = { environmentId: null, revision: 0, digest: emptyDigest.toString('hex') };
/** Where the first of them is. */
let held = nothing;

class Stream {
  readonly #keys = generateKeyPairSync('x25519');
  readonly #socket: WebSocket;
  readonly #isFirst: boolean;
  readonly #opens: boolean;
  readonly #name: string;
  readonly #done: () => void;
  readonly #untilLevel: boolean;
  #held: Held;
  #key: KeyObject | undefined;
  #counter = 0;

  constructor(
    socket: WebSocket,
    name: string,
    { isFirst, done, order }: { isFirst: boolean; done: () => void; order: StreamsOrder },
  ) {
    this.#socket = socket;
    this.#name = name;
    this.#isFirst = isFirst;
    this.#opens = order.opens;
    this.#untilLevel = order.untilLevel === true;
    this.#done = done;
    this.#held = order.comeBack ? held : nothing;
    socket.on('open', () => socket.send(JSON.stringify(this.#hello())));
    socket.on('message', (data: Buffer) => this.#take(data.toString()));
  }

  get #publicKey(): Buffer {
    return Buffer.from(this.#keys.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  }

  #hello(): Hello {
    const publicKey = this.#publicKey.toString('base64url');
    const own = { name: this.#name, version: 'bench', publicKey, ...this.#held };
    return { type: 'hello', protocol: protocolVersion, ...own };
  }

  #take(text: string): void {
    const message = JSON.parse(text) as Welcome | State;
    if (message.type === 'welcome') {
      const peerPublic = Buffer.from(message.publicKey, 'base64url');
      const ends = { ownPublic: this.#publicKey, peerPublic, role: 'node' } as const;
      if (this.#isFirst && this.#opens) this.#key = agreeChannelKey(this.#keys.privateKey, ends);
      const { environmentId, lineage } = message;
      this.#held = { ...this.#held, environmentId, ...(lineage !== undefined && { lineage }) };
      if (!this.#untilLevel) this.#done();
      return;
    }
    this.#counter += 1;
    if (this.#key) openState(this.#key, this.#counter, message);
    if (this.#isFirst) last = { text, revision: message.to };
    if (!message.final) return;
    this.#held = { ...this.#held, revision: message.to, digest: message.digest ?? '' };
    if (this.#isFirst) held = this.#held;
    if (this.#untilLevel) this.#done();
    this.#socket.send(JSON.stringify({ type: 'applied', revision: message.to, digest: message.digest }));
  }
}

async function dial(order: StreamsOrder): Promise<void> {
  const { url, token, count, atOnce = dialsAtOnce } = order;
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
      await new Promise<void>((done, failed) => {
        socket.on('error', failed);
        socket.on('close', (code) => failed(new Error(`stream ${name} was closed with ${code}`)));
        new Stream(socket, name, { isFirst, done, order });
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
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
