import type { Change } from '../../../src/protocol/content.ts';
import type { State } from '../../../src/protocol/messages.ts';
import { addDigest, contentDigest, emptyDigest } from '../../../src/protocol/state-digest.ts';
import { startNodeClient } from '../../support/node-client.ts';

/** A node that speaks the protocol and has no disk and no server, so that hundreds fit into one process. */
export interface LightNode {
  /** How many objects it has confirmed. */
  readonly count: number;
  readonly digest: string;
  close(): void;
}

export interface LightNodePlace {
  readonly managerUrl: string;
  readonly environment: string;
  readonly token: string;
}

/** Connects at once. Every message is opened, and what it holds is counted into a digest of its own. */
export function lightNode({ managerUrl: url, environment, token }: LightNodePlace, name: string): LightNode {
  const digests = new Map<string, Buffer>();
  let confirmed = { count: 0, digest: '' };
  const client = startNodeClient({ url, environment, token, name, version: 'light', onState: take });

  function take(state: State, changes: string): void {
    if (state.reset && state.from === 0) digests.clear();
    for (const { id, digest } of digestsIn(changes)) {
      if (digest) digests.set(id, digest);
      else digests.delete(id);
    }
    if (!state.final) return;
    let sum: Buffer = emptyDigest;
    for (const digest of digests.values()) sum = addDigest(sum, digest);
    const digest = sum.toString('hex');
    if (digest === state.digest) confirmed = { count: digests.size, digest };
    client.say({ type: 'applied', revision: state.to, digest });
  }

  return {
    get count() {
      return confirmed.count;
    },
    get digest() {
      return confirmed.digest;
    },
    close: () => client.socket.terminate(),
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
