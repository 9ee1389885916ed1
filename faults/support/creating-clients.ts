import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../../test/support/manager.ts';
import { jwksPath, pastedJwk } from '../../test/system/support/world.ts';

/** What became of the JWKs that clients asked for, by name. */
export interface Created {
  /** Answered with 200. */
  readonly acknowledged: Set<string>;
  /** Sent without an answer: stored and not stored are both correct. */
  readonly unanswered: Set<string>;
  /** Answered with an error, which promises that nothing was stored; with the status. */
  readonly refused: Map<string, number>;
  /** Requests that were sent again. */
  repeated: number;
}

export function nothingCreated(): Created {
  return { acknowledged: new Set(), unanswered: new Set(), refused: new Map(), repeated: 0 };
}

export interface Clients {
  readonly count: number;
  readonly api: Api;
  /** Of the manager, where answers are settled. */
  readonly url?: string;
  /** Names are unique in all that is written down in one `Created`. */
  readonly prefix: string;
  /** A client that was not answered, or refused, waits so long and goes on; undefined: it ends. */
  readonly goOnAfterMs?: number;
  readonly mostPerSecond?: number;
  /** Sends an Idempotency-Key, and what was not answered, or with a 5xx, again under the same until it is settled. */
  readonly settles?: boolean;
}

const settlePauseMs = 100;
const mostTries = 300;

/** @returns the status, or undefined if there was no answer */
async function ask({ api, settles, url }: Clients, body: { name: string }): Promise<number | undefined> {
  if (!settles) {
    return api('POST', jwksPath, body).then(
      ({ status }) => status,
      () => undefined,
    );
  }
  const headers = {
    authorization: `Bearer ${api.token}`,
    'content-type': 'application/json',
    'idempotency-key': body.name,
  };
  try {
    const answer = await fetch(url + jwksPath, { method: 'POST', headers, body: JSON.stringify(body) });
    await answer.text();
    return answer.status;
  } catch {
    return undefined;
  }
}

/** Each client creates as fast as it gets answers, until it is stopped or gets no more answers. */
export async function createOn(clients: Clients, into: Created, signal: AbortSignal): Promise<void> {
  await Promise.all(
    Array.from({ length: clients.count }, (_, index) => oneClient(clients, { index, into, signal })),
  );
}

interface OneClient {
  readonly index: number;
  readonly into: Created;
  readonly signal: AbortSignal;
}

async function oneClient(clients: Clients, { index, into, signal }: OneClient): Promise<void> {
  const { prefix, goOnAfterMs, mostPerSecond } = clients;
  const pauseMs = mostPerSecond === undefined ? 0 : (1000 * clients.count) / mostPerSecond;
  for (let number = 0; !signal.aborted; number += 1) {
    const name = `${prefix}-${index}-${number}`;
    const startedAt = performance.now();
    const body = pastedJwk(name);
    let triesLeft = mostTries;
    let status = await ask(clients, body);
    while (clients.settles && (status === undefined || status >= 500) && triesLeft > 0) {
      triesLeft -= 1;
      into.repeated += 1;
      await sleep(settlePauseMs);
      status = await ask(clients, body);
    }
    if (status === 200) into.acknowledged.add(name);
    else if (status === undefined) into.unanswered.add(name);
    else into.refused.set(name, status);
    if (status !== 200) {
      if (goOnAfterMs === undefined) return;
      await sleep(goOnAfterMs);
    }
    const restMs = pauseMs - (performance.now() - startedAt);
    if (restMs > 0) await sleep(restMs, undefined, { signal }).catch(() => undefined);
  }
}
