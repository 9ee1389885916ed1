// A ring of a running installation, moved by the calls of its API, whichever manager answers them.

import { eventually } from './eventually.ts';
import type { KilledWorld } from './restartable.ts';

export const ringsPath = '/apiops/projects/MyProject/key-rings/';

export interface SeenMember {
  readonly version: number;
  readonly kid: string;
  readonly state: string;
  readonly readyAt: string | null;
  readonly retireAt: string | null;
}

export interface SeenRing {
  readonly state: string;
  readonly heldBecause: string | null;
  readonly waitingFor: readonly { readonly nodeName: string | null; readonly reason: string }[];
  readonly members: readonly SeenMember[];
}

export interface RingDriver {
  get(): Promise<SeenRing>;
  /** Until the ring is as it is looked for. */
  becomes(holds: (ring: SeenRing) => boolean, what: string): Promise<SeenRing>;
  /** @returns the successor once it may be activated, and verifiers know it */
  ready(): Promise<SeenMember>;
  /** Until the successor is ACTIVE. @returns its kid */
  rotate(): Promise<string>;
  post(verb: string, body?: unknown): ReturnType<KilledWorld['ask']>;
  /** @returns false where the key is in no state for it any more */
  tries(verb: string, body: unknown): Promise<boolean>;
  /** Below the ring. */
  // biome-ignore lint/suspicious/noExplicitAny: the caller knows what is there
  read(path: string): Promise<any>;
}

export const stateOf = (ring: SeenRing, state: string) => ring.members.filter((one) => one.state === state);
export const activeOf = (ring: SeenRing) => stateOf(ring, 'ACTIVE').at(-1);

export function ringDriver({ ask }: Pick<KilledWorld, 'ask'>, name: string): RingDriver {
  const resource = `${ringsPath}${name}/`;

  async function get(): Promise<SeenRing> {
    const { status, body } = await ask('GET', resource);
    if (status !== 200) throw new Error(`the ring is not shown: ${status} ${JSON.stringify(body)}`);
    const [ring] = body.resultList;
    return ring;
  }

  async function becomes(holds: (ring: SeenRing) => boolean, what: string): Promise<SeenRing> {
    let seen: SeenRing | undefined;
    try {
      await eventually(async () => {
        seen = await get();
        return holds(seen);
      }, what);
    } catch (error) {
      throw new Error(`${(error as Error).message}: ${JSON.stringify(seen)}`);
    }
    if (seen === undefined) throw new Error('nothing was seen');
    return seen;
  }

  async function post(verb: string, body?: unknown) {
    const answer = await ask('POST', `${resource}${verb}`, body);
    if (answer.status !== 200) {
      throw new Error(`${verb} was answered with ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer;
  }

  async function tries(verb: string, body: unknown): Promise<boolean> {
    const answer = await ask('POST', `${resource}${verb}`, body);
    if (answer.status === 400 && answer.body.reason === 'KEY_STATE_NOT_VALID') return false;
    if (answer.status === 200) return true;
    throw new Error(`${verb} was answered with ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async function ready(): Promise<SeenMember> {
    const isReady = ({ readyAt }: SeenMember) => readyAt !== null && Date.parse(readyAt) <= Date.now();
    // With five keys that retire a rotation would be refused.
    const ring = await becomes(
      (seen) => stateOf(seen, 'NEXT').some(isReady) && stateOf(seen, 'RETIRING').length < 5,
      'a successor is ready',
    );
    const [next] = stateOf(ring, 'NEXT');
    if (next === undefined) throw new Error('there is no successor');
    return next;
  }

  return {
    get,
    becomes,
    ready,
    post,
    tries,
    async read(path) {
      const { status, body } = await ask('GET', resource + path);
      if (status !== 200) throw new Error(`${path} is not shown: ${status} ${JSON.stringify(body)}`);
      return body;
    },
    async rotate() {
      const { kid } = await ready();
      await post('rotate');
      await becomes((ring) => activeOf(ring)?.kid === kid, `${kid} becomes ACTIVE`);
      return kid;
    },
  };
}
