// Verifiers that keep a JWK Set for as long as Cache-Control and the policy of a ring allow, and not a moment less. The age
// of a set counts from its request, as in RFC 9111 §4.2.3: how long the answer was on the way, or this process was not
// scheduled, then prolongs nothing.

import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';

export type Verdict =
  | { readonly type: 'ACCEPTED' }
  | { readonly type: 'REFUSED'; readonly why: string }
  /** No set could be fetched, which says nothing of the token. */
  | { readonly type: 'UNREACHABLE' };

export interface VerifyOptions {
  /** False: key and signature alone decide. */
  readonly timed: boolean;
}

export interface CachingVerifier {
  readonly name: string;
  verify(token: string, options: VerifyOptions): Promise<Verdict>;
  close(): void;
}

export interface JoseVerifierOptions {
  readonly name: string;
  /** The first that responds is used, as behind a load balancer. */
  readonly urls: readonly string[];
  readonly cacheSeconds: number;
  readonly clockSkewSeconds: number;
  /** How long a kid that is not in the set it has makes it fetch no other; jose's own is 30. */
  readonly cooldownSeconds: number;
}

export function joseVerifier(options: JoseVerifierOptions): CachingVerifier {
  const { name, urls, cacheSeconds, clockSkewSeconds, cooldownSeconds } = options;
  const [first = ''] = urls;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  /** When the set that jose has was requested. */
  let requestedAt = Number.NEGATIVE_INFINITY;
  const keys = createRemoteJWKSet(new URL(first), {
    // Its own age counts from the arrival.
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: cooldownSeconds * 1000,
    [customFetch]: async (_, init) => {
      for (const url of urls) {
        const at = Date.now();
        const answer = await wholeAnswer(url, init).catch(() => undefined);
        if (!answer?.ok) continue;
        fetchedAt = at;
        return answer;
      }
      throw new Unreachable();
    },
  });
  const isFresh = () => Date.now() < requestedAt + cacheSeconds * 1000;
  const refresh = async () => {
    if (isFresh()) return;
    await keys.reload();
    requestedAt = fetchedAt;
    // It was on the way for longer than it may be kept.
    if (!isFresh()) throw new Unreachable();
  };
  return {
    name,
    async verify(token, { timed }) {
      const at = timed ? undefined : issuedAt(token);
      try {
        await refresh();
        await jwtVerify(token, keys, {
          algorithms: ['ES256'],
          clockTolerance: clockSkewSeconds,
          ...(at !== undefined && { currentDate: at }),
        });
        return { type: 'ACCEPTED' };
      } catch (error) {
        if (error instanceof Unreachable || error instanceof errors.JWKSTimeout)
          return { type: 'UNREACHABLE' };
        return {
          type: 'REFUSED',
          why: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        };
      }
    },
    close: () => undefined,
  };
}

/** With its body: a node that is killed between the two has not answered. */
async function wholeAnswer(url: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, init);
  const { status, headers } = answer;
  return new Response(await answer.text(), { status, headers });
}

class Unreachable extends Error {}

function issuedAt(token: string): Date {
  const [, payload = ''] = token.split('.');
  const { iat } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { iat: number };
  return new Date(iat * 1000);
}
