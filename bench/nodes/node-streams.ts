// Many nodes in one process, each on its own stream. They send hello and confirm changes as the protocol requires. They
// keep no more than where they are and, but for the first, open nothing: what a thousand machines would do at once must
// not be counted against the manager. The same process also plays the clients of the bare broadcast.

import { WebSocket } from 'ws';
import type { Resume, State } from '../../src/protocol/messages.ts';
import { emptyDigest } from '../../src/protocol/state-digest.ts';
import { startNodeClient } from '../../test/support/node-client.ts';

export interface StreamsOrder {
  /** Of the manager; of the bare server ws: */
  readonly url: string;
  readonly environment: string;
  /** Undefined for clients of the bare server. */
  readonly token: string | undefined;
  readonly count: number;
  /** Whether the first of them decrypts its messages: those of a manager decrypt, those of the yardstick do not. */
  readonly opens: boolean;
  /** How many connect at the same time; 50 if it is left out. */
  readonly atOnce?: number;
  /** They reconnect with the last position of the first of them, rather than with none. */
  readonly comeBack?: boolean;
  /** As a node of today: it also gets the news of revoked keys ahead of the state. */
  readonly hears?: boolean;
  /** It is answered once each has all that there is, rather than once each was welcomed. */
  readonly untilLevel?: boolean;
}

/** What the last state message was, as it came. */
export interface LastState {
  readonly text: string;
  /** That the first stream was brought to. */
  readonly revision: number;
}

/** Since it was last asked: when a message of one kind reached them all. */
export interface Arrival {
  readonly what: 'state' | 'revoked';
  /** Of the state. */
  readonly to: number;
  readonly nodes: number;
  /** At the first and at the last of them, in milliseconds of the monotonic clock of the machine. */
  readonly firstMs: number;
  readonly lastMs: number;
}

let arrivals = new Map<string, Arrival>();

function arrived(what: Arrival['what'], to: number): void {
  const now = Number(process.hrtime.bigint()) / 1e6;
  const { nodes, firstMs } = arrivals.get(`${what} ${to}`) ?? { nodes: 0, firstMs: now };
  arrivals.set(`${what} ${to}`, { what, to, nodes: nodes + 1, firstMs, lastMs: now });
}

let sockets: WebSocket[] = [];
let last: LastState = { text: '', revision: 0 };
const dialsAtOnce = 50;

type Held = Pick<Resume, 'environmentId' | 'revision' | 'digest' | 'lineage'>;
const nothing: Held = { environmentId: null, revision: 0, digest: emptyDigest.toString('hex') };
/** Where the first of them is. */
let held = nothing;

/** The clients of the bare broadcast, which say nothing before they are sent something. */
function startBare(
  url: string,
  { name, isFirst, done }: { name: string; isFirst: boolean; done: () => void },
) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'hello', name }));
  });
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    const message = JSON.parse(text) as State | { readonly type: 'welcome' };
    if (message.type === 'welcome') return done();
    if (isFirst) last = { text, revision: message.to };
    if (message.final) {
      socket.send(JSON.stringify({ type: 'applied', revision: message.to, digest: message.digest }));
    }
  });
  return socket;
}

function startStream(
  order: StreamsOrder,
  { name, isFirst, done }: { name: string; isFirst: boolean; done: () => void },
): WebSocket {
  let own: Held = order.comeBack ? held : nothing;
  const { url, environment, token } = order;
  const client = startNodeClient({
    url,
    environment,
    token,
    name,
    version: 'bench',
    resume: { ...own, ...(order.hears && { heartbeats: true }) },
    onRevoked: () => arrived('revoked', own.revision),
    onWelcome({ environmentId, lineage }) {
      own = { ...own, environmentId, ...(lineage !== undefined && { lineage }) };
      if (order.untilLevel !== true) done();
    },
    opens: isFirst && order.opens,
    onState(state) {
      if (isFirst) last = { text: JSON.stringify(state), revision: state.to };
      if (!state.final) return;
      arrived('state', state.to);
      own = { ...own, revision: state.to, digest: state.digest ?? '' };
      if (isFirst) held = own;
      if (order.untilLevel) done();
      client.say({ type: 'applied', revision: state.to, digest: state.digest ?? '' });
    },
  });
  return client.socket;
}

async function connectAll(order: StreamsOrder): Promise<void> {
  const { url, token, count, atOnce = dialsAtOnce } = order;
  const numbers = Array.from({ length: count }, (_, index) => index).reverse();
  const one = async () => {
    for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
      const name = `node-${number}`;
      const isFirst = number === 0;
      await new Promise<void>((done, failed) => {
        const place = { name, isFirst, done };
        const socket = token === undefined ? startBare(url, place) : startStream(order, place);
        sockets.push(socket);
        socket.on('error', failed);
        socket.on('close', (code) => failed(new Error(`stream ${name} was closed with ${code}`)));
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

process.on('message', (question: StreamsOrder | 'last' | 'arrivals' | 'hang up') => {
  if (question === 'last') process.send?.(last);
  else if (question === 'arrivals') {
    process.send?.([...arrivals.values()]);
    arrivals = new Map();
  } else if (question === 'hang up') void hangUp().then(() => process.send?.('done'));
  else void connectAll(question).then(() => process.send?.('done'));
});
process.once('disconnect', () => process.exit());
