import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { WebSocket } from 'ws';
import { agreeChannelKey, openState } from '../../../src/protocol/channel-key.ts';
import type { Change } from '../../../src/protocol/content.ts';
import { protocolVersion, type State, type Welcome } from '../../../src/protocol/messages.ts';
import { addDigest, contentDigest, emptyDigest } from '../../../src/protocol/state-digest.ts';

/** A node that speaks the protocol and has no disk and no server, so that hundreds fit into one process. */
export interface LightNode {
  /** How many objects it has confirmed. */
  readonly count: number;
  readonly digest: string;
  close(): void;
}

/** Dials in at once. Every message is opened, and what it holds is counted into a digest of its own. */
export function lightNode(managerUrl: string, token: string, name: string): LightNode {
  const keys = generateKeyPairSync('x25519');
  const ownPublic = Buffer.from(keys.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const socket = new WebSocket(`${managerUrl.replace('http', 'ws')}/node-stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const digests = new Map<string, Buffer>();
  let confirmed = { count: 0, digest: '' };
  let key: KeyObject | undefined;
  let counter = 0;

  function hello(): object {
    const nothing = { environmentId: null, revision: 0, digest: emptyDigest.toString('hex') };
    const publicKey = ownPublic.toString('base64url');
    return { type: 'hello', protocol: protocolVersion, name, version: 'light', publicKey, ...nothing };
  }

  function take(state: State): void {
    counter += 1;
    if (!key) throw new Error('a state before the welcome');
    if (state.reset && state.from === 0) digests.clear();
    for (const { id, digest } of digestsIn(openState(key, counter, state))) {
      if (digest) digests.set(id, digest);
      else digests.delete(id);
    }
    if (!state.final) return;
    let sum: Buffer = emptyDigest;
    for (const digest of digests.values()) sum = addDigest(sum, digest);
    const digest = sum.toString('hex');
    if (digest === state.digest) confirmed = { count: digests.size, digest };
    socket.send(JSON.stringify({ type: 'applied', revision: state.to, digest }));
  }

  socket.on('open', () => socket.send(JSON.stringify(hello())));
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Welcome | State;
    if (message.type === 'state') return take(message);
    const peerPublic = Buffer.from(message.publicKey, 'base64url');
    key = agreeChannelKey(keys.privateKey, { ownPublic, peerPublic, role: 'node' });
  });
  return {
    get count() {
      return confirmed.count;
    },
    get digest() {
      return confirmed.digest;
    },
    close: () => socket.terminate(),
  };
}

type Counted = readonly { readonly id: string; readonly digest: Buffer | undefined }[];

const known = new Map<string, Counted>();

/** What many of them are sent alike is hashed once: that work belongs to as many machines. */
function digestsIn(text: string): Counted {
  const counted = known.get(text) ?? read(text);
  known.set(text, counted);
  return counted;
}

function read(text: string): Counted {
  return (JSON.parse(text) as Change[]).map((change) =>
    'put' in change
      ? { id: change.put.id, digest: contentDigest(change.put) }
      : { id: change.gone.id, digest: undefined },
  );
}
