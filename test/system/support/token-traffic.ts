// Tokens that nodes sign all the time, and verifiers that look at them, valid ones and revoked ones: what must be accepted
// and was not, and what must be refused and was not.

import { setTimeout as sleep } from 'node:timers/promises';
import type { CachingVerifier, Verdict } from './caching-verifiers.ts';
import type { RestartableNode } from './restartable.ts';

export interface Token {
  readonly jws: string;
  readonly kid: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface TrafficOptions {
  readonly nodes: readonly RestartableNode[];
  /** Of the ring, below the operations address of a node. */
  readonly ringPath: string;
  readonly applicationToken: string;
  readonly verifiers: readonly CachingVerifier[];
  /** ISO 8601, one of which each token has. */
  readonly lifetimes: readonly string[];
  /** Between two rounds, each of which signs one token and shows two to every verifier. */
  readonly roundPauseMs?: number;
}

export interface TokenTraffic {
  /** Each a sentence. */
  readonly broken: readonly string[];
  readonly signed: number;
  readonly kids: ReadonlySet<string>;
  /** How often each verifier accepted a token, by its name; nodes together are `node`. */
  readonly accepted: ReadonlyMap<string, number>;
  /** How often a token of a revoked kid was refused after its moment. */
  readonly refusedAfterRevocation: ReadonlyMap<string, number>;
  /** From now on the kid's tokens need not be accepted. */
  revoking(kid: string): void;
  /** From these moments on its tokens must be refused by every verifier. */
  revoked(kid: string, moments: { readonly nodes: number; readonly verifiers: number }): void;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

interface Moments {
  nodes: number;
  verifiers: number;
}

/** Of each kid, for looks at what was revoked. */
const keptTokens = 20;

export function startTokenTraffic(options: TrafficOptions): TokenTraffic {
  const { nodes, ringPath, applicationToken, verifiers, lifetimes, roundPauseMs = 20 } = options;
  const broken: string[] = [];
  const kids = new Set<string>();
  const accepted = new Map<string, number>();
  const refusedAfterRevocation = new Map<string, number>();
  const revocations = new Map<string, Moments>();
  const tokens = new Map<string, Token[]>();
  const add = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  const signers = new Set<string>();
  let signed = 0;
  let isStopped = false;

  async function post(node: RestartableNode, verb: 'sign' | 'verify', body: unknown) {
    const headers = { authorization: `Bearer ${applicationToken}`, 'content-type': 'application/json' };
    try {
      const answer = await fetch(`${node.operationsUrl}${ringPath}/${verb}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      // biome-ignore lint/suspicious/noExplicitAny: of two kinds of answers
      return { status: answer.status, body: (await answer.json()) as any };
    } catch {
      return undefined;
    }
  }

  async function sign(): Promise<void> {
    const node = oneOf(nodes);
    const startedAt = Date.now();
    const answer = await post(node, 'sign', {
      claims: { sub: `token-${signed}` },
      lifetime: oneOf(lifetimes),
    });
    if (answer === undefined) return;
    // A node that has signed has an ACTIVE key at any moment, during every rotation. A revoked key may be the ACTIVE one of a backup.
    if (answer.body.reason === 'NO_ACTIVE_KEY' && signers.has(node.name) && revocations.size === 0) {
      broken.push(`${node.name} had no ACTIVE key`);
    }
    if (answer.status === 503) return;
    if (answer.status !== 200) {
      broken.push(`${node.name} refused to sign: ${answer.status} ${JSON.stringify(answer.body)}`);
      return;
    }
    const { jws, kid, expiresAt } = answer.body;
    const moments = revocations.get(kid);
    if (moments !== undefined && startedAt > moments.nodes)
      broken.push(`${node.name} signed with the revoked ${kid}`);
    signed += 1;
    signers.add(node.name);
    kids.add(kid);
    const ofKid = tokens.get(kid) ?? [];
    tokens.set(kid, [...ofKid.slice(1 - keptTokens), { jws, kid, expiresAt: Date.parse(expiresAt) }]);
  }

  /** Every token that is still valid counts: the newest and the oldest key are the ones that break. */
  function validTokens(): Token[] {
    const now = Date.now();
    return [...tokens.values()]
      .flat()
      .filter(({ kid, expiresAt }) => expiresAt > now && !revocations.has(kid));
  }

  const atNode = async (token: Token): Promise<{ name: string; verdict: Verdict }> => {
    const node = oneOf(nodes);
    const answer = await post(node, 'verify', { jws: token.jws });
    if (answer === undefined || answer.status === 503)
      return { name: 'node', verdict: { type: 'UNREACHABLE' } };
    const { valid, reason } = answer.body;
    if (valid === true) return { name: 'node', verdict: { type: 'ACCEPTED' } };
    return {
      name: 'node',
      verdict: { type: 'REFUSED', why: `${node.name}: ${reason ?? JSON.stringify(answer.body)}` },
    };
  };

  async function verifyValid(): Promise<void> {
    const valid = validTokens();
    const newest = valid.at(-1);
    if (newest === undefined) return;
    const looks = verifiers.map((verifier) => async (token: Token) => ({
      name: verifier.name,
      verdict: await verifier.verify(token.jws, { timed: true }),
    }));
    await Promise.all(
      [...looks, atNode].flatMap((look) =>
        [newest, oneOf(valid)].map(async (token) => {
          const { name, verdict } = await look(token);
          if (verdict.type === 'ACCEPTED') add(accepted, name);
          // A token that expired meanwhile was right to be refused, and one that was revoked may be.
          if (verdict.type !== 'REFUSED' || Date.now() >= token.expiresAt || revocations.has(token.kid))
            return;
          broken.push(`${name} refused a valid token of ${token.kid}: ${verdict.why}`);
        }),
      ),
    );
  }

  async function verifyRevoked(): Promise<void> {
    for (const [kid, moments] of revocations) {
      const token = oneOf(tokens.get(kid) ?? []);
      if (token === undefined) continue;
      if (Date.now() > moments.nodes) {
        const { verdict } = await atNode(token);
        if (verdict.type === 'ACCEPTED') broken.push(`a node accepted the revoked ${kid} after nodesSafeAt`);
        else if (verdict.type === 'REFUSED' && !verdict.why.endsWith('KEY_REVOKED'))
          broken.push(`a node says of the revoked ${kid}: ${verdict.why}`);
        else if (verdict.type === 'REFUSED') add(refusedAfterRevocation, 'node');
      }
      if (Date.now() <= moments.verifiers) continue;
      for (const verifier of verifiers) {
        const verdict = await verifier.verify(token.jws, { timed: false });
        if (verdict.type === 'ACCEPTED')
          broken.push(`${verifier.name} accepted the revoked ${kid} after verifiersSafeAt`);
        if (verdict.type === 'REFUSED') add(refusedAfterRevocation, verifier.name);
      }
    }
  }

  async function run(): Promise<void> {
    while (!isStopped) {
      await sign();
      await verifyValid();
      await verifyRevoked();
      await sleep(roundPauseMs);
    }
  }
  const running = run();

  return {
    broken,
    get signed() {
      return signed;
    },
    kids,
    accepted,
    refusedAfterRevocation,
    revoking(kid) {
      revocations.set(kid, { nodes: Number.POSITIVE_INFINITY, verifiers: Number.POSITIVE_INFINITY });
    },
    revoked(kid, moments) {
      revocations.set(kid, { ...moments });
    },
    async stop() {
      isStopped = true;
      await running;
      for (const verifier of verifiers) verifier.close();
    },
  };
}

function oneOf<T>(values: readonly T[]): T {
  // Safe to cast: callers give at least one, or look at what they got.
  return values[Math.floor(Math.random() * values.length)] as T;
}
