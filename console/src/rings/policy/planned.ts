// What a policy will do, computed before it is saved by the same code that the scheduler decides with.

import { KeyplaneError } from '../../../../src/errors.ts';
import { policyFacts, readPolicy, requirePolicy } from '../../../../src/rings/ring-policy.ts';
import { publicationDelayMs } from '../../../../src/rings/schedule/formulas.ts';
import type { RingFacts } from '../../../../src/rings/schedule/ring-facts.ts';
import { timelineOf } from '../../../../src/rings/schedule/timeline.ts';
import type { Transition } from '../ring-types.ts';
import type { PolicyBody } from './policy-draft.ts';

export type RingKind = RingFacts['kind'];

export type Plan =
  /** As the manager rejects it. */
  | { readonly isPossible: false; readonly text: string }
  | {
      readonly isPossible: true;
      readonly transitions: readonly Transition[];
      /** How long a new key is published before it may sign. */
      readonly publicationDelayMs: number;
    };

/** How many activations are planned. */
const rotations = 3;

/**
 * Of a new ring whose nodes confirm at once.
 * @param cachesMs for how long HTTP caches may keep a JWK Set
 */
export function planOf(kind: RingKind, body: PolicyBody, cachesMs: number, now: number): Plan {
  try {
    const policy = policyFacts(readPolicy(body));
    requirePolicy(kind, policy, cachesMs);
    const transitions = timelineOf({ ...emptyRing(now), kind, policy, cachesMs }, { rotations });
    return {
      isPossible: true,
      transitions: transitions.map(({ at, ...row }) => ({ ...row, at: new Date(at).toISOString() })),
      publicationDelayMs: publicationDelayMs(kind, policy, cachesMs),
    };
  } catch (error) {
    if (error instanceof KeyplaneError) return { isPossible: false, text: error.message };
    throw error;
  }
}

function emptyRing(now: number): Omit<RingFacts, 'kind' | 'policy' | 'cachesMs'> {
  return {
    now,
    name: '',
    formerLimits: null,
    createdAt: now,
    heldBecause: null,
    rotateRequestedAt: null,
    requestedActivation: null,
    resumedAt: null,
    members: [],
    nodes: [],
    leftNodes: [],
    outlets: [],
    formerCaches: null,
    nodeRemovedAt: null,
    isRevoking: false,
  };
}
