// Carries out what `decide` finds: one transition after the other, each in its own transaction, until none is due. Requests
// and the scheduler use it. Each transaction decides again from what it reads, so a transition that another manager was
// faster with is not made twice.

import { type DeploymentResult, latestResults } from '../deployments/deployment-result.ts';
import type { DeploymentTarget } from '../deployments/put-desired-state.ts';
import type { WaitBudget } from '../deployments/wait-budget.ts';
import type { Lease } from '../leases/lease.ts';
import { faultPoints } from '../runtime/fault-points.ts';
import { addMember, type GeneratedKey, generateKey } from './make-member.ts';
import { recordExamination } from './record-ring-events.ts';
import type { KeyRing } from './ring.ts';
import { dateOf, RingDraft, storeDraft } from './ring-draft.ts';
import { type TransitionFacts, transitionEvents } from './ring-event.ts';
import { type LoadedRing, loadRing } from './ring-facts-of.ts';
import { generationOf } from './ring-parameters.ts';
import type { RingRuleOptions, RingRuleStores } from './ring-rules.ts';
import { applyStep } from './schedule/apply-step.ts';
import { decide } from './schedule/decide.ts';
import type { RingDecision, RingStep } from './schedule/ring-facts.ts';

export interface Advance {
  /** Of the scheduler: each transaction requires it. */
  readonly lease?: Lease;
  /** Of a request: each transition waits until nodes have it, or the budget is spent. Without it none waits. */
  readonly budget?: WaitBudget;
}

/** @returns the result of the last transition that was deployed; undefined where none was */
export type AdvanceRing = (ringId: string, advance: Advance) => Promise<DeploymentResult | undefined>;

export interface AdvanceOptions extends RingRuleOptions {
  readonly onError: (error: unknown) => void;
}

/** No ring has as many transitions due at once; a decision that never rests must not keep a request. */
const mostSteps = 64;

export function ringAdvance(options: AdvanceOptions): AdvanceRing {
  const { store, deployments } = options;
  /** By ring: how many requests are moving it on. The scheduler leaves it to them. */
  const busy = new Map<string, number>();

  async function advance(ringId: string, { lease, budget }: Advance): Promise<DeploymentResult | undefined> {
    let result: DeploymentResult | undefined;
    let generated: GeneratedKey | undefined;
    let waited = false;
    for (let count = 0; count < mostSteps; count++) {
      const made = generated;
      const outcome = await store.write((stores) =>
        takeStep(stores, options, { ringId, lease, generated: made }),
      );
      generated = undefined;
      if (outcome === undefined) return result;
      if ('needsKey' in outcome) {
        generated = await generateKey(outcome.needsKey, options.clock);
        continue;
      }
      // Another manager made the last transition, and nodes are about to confirm it.
      if (!outcome.moved && (!budget || waited || outcome.targets.length === 0)) return result;
      waited = !outcome.moved;
      if (outcome.moved) faultPoints.afterTransition.publish(undefined);
      if (outcome.targets.length === 0) continue;
      if (budget) {
        const deployed = await deployments.deploy(outcome.targets, 'deploy', budget);
        result = latestResults(result, deployed, 'deploy');
        await deployments.recordConfirmations();
      } else deployments.deploy(outcome.targets, 'deploy').catch(options.onError);
    }
    return result;
  }

  return async (ringId, how) => {
    const others = busy.get(ringId) ?? 0;
    if (how.lease && others > 0) return undefined;
    busy.set(ringId, others + 1);
    try {
      return await advance(ringId, how);
    } finally {
      const left = (busy.get(ringId) ?? 1) - 1;
      if (left === 0) busy.delete(ringId);
      else busy.set(ringId, left);
    }
  };
}

interface Attempt {
  readonly ringId: string;
  readonly lease: Lease | undefined;
  readonly generated: GeneratedKey | undefined;
}

type Outcome =
  /**
   * The next step needs a key, and nothing was done; or a transition was made. Where none was due, the targets are what
   * connected nodes have not confirmed.
   */
  { readonly needsKey: KeyRing } | { readonly moved: boolean; readonly targets: readonly DeploymentTarget[] };

/** Undefined: the ring was deleted. */
async function takeStep(
  stores: RingRuleStores,
  options: AdvanceOptions,
  { ringId, lease, generated }: Attempt,
): Promise<Outcome | undefined> {
  await lease?.requireHeld(stores);
  const [ring] = await stores.rings.getMany([ringId]);
  if (!ring) return undefined;
  const loaded = await loadRing(stores, ring);
  const decision = decide(loaded.facts);
  const { step } = decision;
  if (step === undefined) {
    await noteExamination(stores, loaded, decision);
    return { moved: false, targets: decision.waitsForNodes ? await unconfirmed(stores, loaded) : [] };
  }
  if (loaded.unusable) throw loaded.unusable;
  const draft = new RingDraft(loaded);
  if (step.type === 'STAGE') {
    if (generated?.generation !== generationOf(ring)) return { needsKey: ring };
    await addMember(stores, options, draft, generated);
  } else draft.take(applyStep(draft.facts, step));
  draft.setRing({ updatedAt: loaded.now, examineAt: loaded.now });
  const facts = { ...causeOf(step, ring), fence: lease?.fence ?? null };
  const { targets } = await storeDraft(stores, options, draft, {
    projectName: loaded.projectName,
    events: transitionEvents(loaded, draft, facts),
  });
  faultPoints.beforeTransition.publish(undefined);
  return { moved: true, targets };
}

/** Who caused a transition, and why. */
function causeOf(step: RingStep, { requestedActivation }: KeyRing): Omit<TransitionFacts, 'fence'> {
  const system = { actor: 'system', cause: null } as const;
  switch (step.type) {
    case 'ACTIVATE': {
      if (requestedActivation?.version !== step.version) return { ...system, cause: step.cause };
      const { actor, reason } = requestedActivation;
      return { actor, cause: step.cause, reason };
    }
    case 'ROLL_BACK':
      return {
        actor: requestedActivation?.actor ?? 'system',
        cause: 'ROLLBACK',
        reason: requestedActivation?.reason ?? null,
      };
    case 'WITHDRAW':
      return { ...system, cause: 'OUTDATED' };
    case 'STAGE':
    case 'PUBLISHED':
    case 'PUBLISHED_AGAIN':
    case 'SET_RETIREMENT':
    case 'RETIRE':
    case 'ERASE_PRIVATE_PART':
    case 'LIMITS_CONFIRMED':
      return system;
    default:
      return step satisfies never;
  }
}

/** Environments with connected nodes that have not confirmed all that is desired of them. */
async function unconfirmed(
  { desired }: RingRuleStores,
  { environments, nodes }: LoadedRing,
): Promise<readonly DeploymentTarget[]> {
  const targets: DeploymentTarget[] = [];
  for (const { id } of environments) {
    const { revision } = await desired.state(id);
    const isPending = nodes.some(
      (node) => node.environmentId === id && node.connected && node.appliedRevision < revision,
    );
    if (isPending) targets.push({ environmentId: id, revision });
  }
  return targets;
}

const soonestMs = 250;
const latestMs = 10_000;

/** When the ring is examined again: at the time at which something is due, or soon where nodes may confirm. */
async function noteExamination(
  stores: RingRuleStores,
  { ring, now }: LoadedRing,
  { state, lateSince, changesAt, waitsForNodes }: RingDecision,
): Promise<void> {
  const waitedMs = now.getTime() - ring.updatedAt.getTime();
  const soon = now.getTime() + Math.min(latestMs, Math.max(soonestMs, waitedMs / 8));
  const times = [waitsForNodes ? soon : null, changesAt].filter((time) => time !== null);
  const found = { state, lateSince: dateOf(lateSince) };
  const before = await stores.rings.examination(ring.id);
  await stores.rings.examined(ring.id, {
    examineAt: times.length === 0 ? null : new Date(Math.min(...times)),
    ...found,
  });
  await recordExamination(stores, ring, { before, found, at: now });
}
