// Looks into a source before a JWK is made from it, by the very rules that make one, and stores nothing.

import { isKeyplaneError, type KeyplaneError, tooManyRequests } from '../errors.ts';
import { importJwkWithWarnings } from '../jose/import-jwk.ts';
import { type KeyFacts, keyFacts } from '../jose/key-facts.ts';
import { isSymmetric } from '../jose/key-types.ts';
import { thumbprint } from '../jose/thumbprint.ts';
import { FairQueue } from '../runtime/fair-queue.ts';
import type { InspectedKey } from '../sources/inspected-key.ts';
import type { SourceRequest } from '../sources/jwk-source.ts';
import { jwkSource } from '../sources/sources.ts';
import { checkSourceType } from './create-jwk.ts';
import type { WithSourceContext } from './source-context.ts';

/** What a JWK made from it would be; facts are null where `problem` says why there are none. */
export interface SourceKeyFacts {
  readonly kid: string | null;
  readonly facts: KeyFacts | null;
  readonly use: string | null;
  readonly algorithm: string | null;
  readonly notBeforeTime: Date | null;
  readonly expirationTime: Date | null;
  readonly aliasName: string | null;
  /** RFC 7638, SHA-256: selects a key that has no kid. Null for a secret key, and where there are no facts. */
  readonly thumbprint: string | null;
  /** What would be left out or rewritten. */
  readonly warnings: readonly string[];
  /** Why it would be refused. */
  readonly problem: string | null;
}

export interface SourceInspection {
  readonly keys: readonly SourceKeyFacts[];
  readonly total: number;
}

export type InspectSource = (
  projectId: string,
  request: SourceRequest & { readonly sourceType?: string | undefined },
) => Promise<SourceInspection>;

/** To inspect a key costs up to a second of computing (RSA of 8192 bits), and a source may hold a hundred of them. */
const mostUnderWay = 64;
const mostUnderWayOfUser = 48;

/**
 * Each user's keys are inspected one at a time, over all of that user's requests; between users, `fairTurn` shares the
 * computation of a single key.
 */
export function sourceInspection(withSourceContext: WithSourceContext): InspectSource {
  const requests = new FairQueue({
    capacity: mostUnderWay,
    capacityPerRequester: mostUnderWayOfUser,
    waiting: 0,
    rejection: tooMany,
  });
  const keyQueue = new FairQueue({ capacity: mostUnderWay, capacityPerRequester: 1, rejection: tooMany });
  return async (projectId, request) => {
    const source = jwkSource(checkSourceType(request.sourceType));
    return requests.run(() =>
      withSourceContext(projectId, async (context) => {
        const { keys, total } = await source.inspect(request, context);
        const found: SourceKeyFacts[] = [];
        for (const key of keys) found.push(await keyQueue.run(() => factsOf(key)));
        return { keys: found, total };
      }),
    );
  };
}

function tooMany(): KeyplaneError {
  const text = 'Too many sources are being looked into, try again in a few seconds!';
  return tooManyRequests('inspections', text, 5);
}

async function factsOf(key: InspectedKey): Promise<SourceKeyFacts> {
  const { raw, aliasName = null, notBeforeTime = null, expirationTime = null } = key;
  const origin = { aliasName, notBeforeTime, expirationTime };
  const nothing = {
    kid: null,
    facts: null,
    use: null,
    algorithm: null,
    thumbprint: null,
    warnings: [],
    ...origin,
  };
  if (raw === undefined) return { ...nothing, problem: key.problem ?? null };
  try {
    const { jwk, warnings } = await importJwkWithWarnings(raw);
    const facts = keyFacts(jwk, key.restriction);
    return {
      ...origin,
      facts: { ...facts, private: key.holdsPrivate ?? facts.private },
      kid: jwk.kid ?? null,
      use: jwk.use ?? null,
      algorithm: jwk.alg ?? null,
      thumbprint: isSymmetric(jwk) ? null : thumbprint(jwk),
      warnings,
      problem: null,
    };
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    const kid = typeof raw.kid === 'string' ? raw.kid.slice(0, 256) : null;
    return { ...nothing, kid, problem: error.message };
  }
}
