import type { applyStep } from '../../../../src/rings/schedule/apply-step.ts';
import type { PolicyFacts, RingDecision, RingFacts } from '../../../../src/rings/schedule/ring-facts.ts';
import type { NodeBugs } from './simulated-node.ts';
import type { OutletBugs } from './simulated-outlets.ts';
import { start } from './verifiers.ts';

/** Ways in which a manager may be wrong; see `planted-bugs.ts`. */
export interface ManagerBugs {
  readonly decide?: (facts: RingFacts) => RingDecision;
  readonly applyStep?: typeof applyStep;
  readonly queuesRevocations?: boolean;
  readonly deploysInTransactionOfItsOwn?: boolean;
  readonly carriesOutFormerDecision?: boolean;
  readonly forgetsLeftNodes?: boolean;
  readonly countsJoinedEnvironmentsAsConfirmed?: boolean;
  readonly forgetsFormerLimitsOfJoinedEnvironments?: boolean;
}

export interface WorldOptions {
  readonly kind: RingFacts['kind'];
  readonly policy: PolicyFacts;
  readonly cachesMs: number;
  /** Of each node's clock, either way. */
  readonly offsetMs: number;
  readonly environments: number;
  readonly bugs: ManagerBugs;
  readonly nodeBugs: NodeBugs;
  readonly outletBugs: OutletBugs;
  /** Is given what happens, to understand a history. */
  readonly trace?: ((text: string) => void) | undefined;
}

export const longestKeptMs = 31 * 86_400_000;

/** Without members and nodes. */
export function newRing({ kind, policy, cachesMs }: WorldOptions): RingFacts {
  return {
    now: start,
    name: 'r',
    kind,
    policy,
    formerLimits: null,
    createdAt: start,
    heldBecause: null,
    rotateRequestedAt: null,
    requestedActivation: null,
    resumedAt: null,
    members: [],
    nodes: [],
    leftNodes: [],
    outlets: [],
    cachesMs,
    formerCaches: null,
    nodeRemovedAt: null,
    isRevoking: false,
  };
}
