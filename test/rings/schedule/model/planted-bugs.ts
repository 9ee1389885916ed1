// Bugs that the model must find, each with the invariant that it breaks: so the model itself is tested.

import { applyStep } from '../../../../src/rings/schedule/apply-step.ts';
import { hasConfirmed } from '../../../../src/rings/schedule/confirmations.ts';
import { decide } from '../../../../src/rings/schedule/decide.ts';
import type { NodeFacts, RingDecision, RingFacts } from '../../../../src/rings/schedule/ring-facts.ts';
import type { Bugs } from './history.ts';
import type { Invariant } from './verifiers.ts';

export interface PlantedBug {
  readonly title: string;
  readonly breaks: Invariant;
  readonly kind?: RingFacts['kind'];
  readonly bugs: Bugs;
}

/** Decides with other facts than there are. */
export function blindTo(change: (facts: RingFacts) => Partial<RingFacts>): Bugs {
  return { manager: { decide: (facts) => decide({ ...facts, ...change(facts) }) } };
}

function withPolicy(change: Partial<RingFacts['policy']>): Bugs {
  return blindTo(({ policy }) => ({ policy: { ...policy, ...change } }));
}

/** What is decided about retirements is decided with other facts than there are. */
export function blindAtRetirement(change: (facts: RingFacts) => Partial<RingFacts>): Bugs {
  return {
    manager: {
      decide: (facts) => {
        const decision = decide(facts);
        const { step } = decide({ ...facts, ...change(facts) });
        const ofRetirement = (one: RingDecision['step']) =>
          one?.type === 'SET_RETIREMENT' || one?.type === 'RETIRE';
        if (ofRetirement(step)) return { ...decision, step };
        return ofRetirement(decision.step) ? { ...decision, step: undefined } : decision;
      },
    },
  };
}

const connected = ({ nodes }: RingFacts) => ({ nodes: nodes.filter((node) => node.connected) });
const allConfirmed = ({ nodes }: RingFacts) => ({
  nodes: nodes.map(
    (node): NodeFacts => ({ ...node, appliedRevision: Number.MAX_SAFE_INTEGER, appliedAt: 0 }),
  ),
});

export const plantedBugs: readonly PlantedBug[] = [
  {
    title: 'a key is activated without waiting for V',
    breaks: 'I1',
    bugs: withPolicy({ verifierCacheTimeMs: 0 }),
  },
  {
    title: 'a key is activated without waiting for A + W',
    breaks: 'I1',
    bugs: blindTo(() => ({ cachesMs: 0, formerCaches: null })),
  },
  {
    title: 'A + W that was served before a change is forgotten',
    breaks: 'I1',
    bugs: blindTo(() => ({ formerCaches: null })),
  },
  {
    title: 'a node that is away does not hold up publication',
    breaks: 'I1',
    bugs: blindTo(connected),
  },
  {
    title: 'a node that was removed is forgotten',
    breaks: 'I1',
    bugs: blindTo(() => ({ nodeRemovedAt: null })),
  },
  {
    title: 'a member counts as published when it is staged',
    breaks: 'I1',
    bugs: blindTo(allConfirmed),
  },
  {
    title: 'a node that lost its disk does not hold up publication',
    breaks: 'I1',
    bugs: blindTo(({ nodes }) => ({ nodes: nodes.filter(({ appliedRevision }) => appliedRevision > 0) })),
  },
  {
    title: 'every member is ready as soon as it is published, as the first one is',
    breaks: 'I1',
    bugs: blindTo(({ members }) => ({
      members: members.map((member) => ({ ...member, publishedAt: member.publishedAt === null ? null : 0 })),
    })),
  },
  {
    title: 'a rollback is carried out at once',
    breaks: 'I1',
    bugs: {
      manager: {
        decide: (facts) => {
          const { requestedActivation: request } = facts;
          const target = facts.members.find(({ version }) => version === request?.version);
          if (target?.state !== 'RETIRING') return decide(facts);
          return { ...decide(facts), step: { type: 'ROLL_BACK', version: target.version } };
        },
      },
    },
  },
  {
    title: 'a rollback forgets that nodes unpublished the member',
    breaks: 'I1',
    bugs: blindTo(({ members }) => ({
      members: members.map((member) => ({ ...member, sentRetireAt: null })),
    })),
  },
  {
    title: 'a node serves what it had when a manager is there again',
    breaks: 'I1',
    bugs: { node: { servesBeforeCatchingUp: true } },
  },
  {
    title: 'a node serves beyond its serve limit',
    breaks: 'I1',
    bugs: { node: { ignoresServeLimit: true } },
  },
  {
    title: 'a member retires L + S after the activation of its successor, not after the last confirmation',
    breaks: 'I2',
    bugs: blindAtRetirement(allConfirmed),
  },
  {
    title: 'the lease of a node that is away is ignored',
    breaks: 'I2',
    bugs: blindAtRetirement(connected),
  },
  {
    title: 'a lease of null ends at once',
    breaks: 'I2',
    bugs: blindAtRetirement(({ policy }) => ({
      policy: { ...policy, signingLeaseMs: policy.signingLeaseMs ?? 0 },
    })),
  },
  {
    title: 'retirement leaves out S',
    breaks: 'I2',
    bugs: blindAtRetirement(({ policy }) => ({ policy: { ...policy, clockSkewMs: 0 } })),
  },
  {
    title: 'retirement leaves out L',
    breaks: 'I2',
    bugs: blindAtRetirement(({ policy }) => ({ policy: { ...policy, maxTokenLifetimeMs: 0 } })),
  },
  {
    title: 'tokens that were signed under a longer L are forgotten',
    breaks: 'I2',
    bugs: blindTo(() => ({ formerLimits: null })),
  },
  {
    title: 'a node goes on signing when its lease is over',
    breaks: 'I2',
    bugs: { node: { ignoresLease: true } },
  },
  {
    title: 'a node has its lease renewed before it has caught up',
    breaks: 'I2',
    bugs: { node: { renewsLeaseBeforeCatchingUp: true } },
  },
  {
    title: 'a cached body outlives the retirement',
    breaks: 'I2',
    bugs: { node: { servesBodyOfLastChange: true } },
  },
  {
    title: 'nodes of an environment that left the ring are forgotten',
    breaks: 'I2',
    bugs: { manager: { forgetsLeftNodes: true } },
  },
  {
    title: 'when nodes of an environment that left the ring confirmed that is forgotten',
    breaks: 'I2',
    bugs: blindTo(({ leftNodes }) => ({
      leftNodes: leftNodes.filter((node) => !hasConfirmed(node, {})),
    })),
  },
  {
    title: 'nodes of an environment that joins again count as if they had confirmed that',
    breaks: 'I2',
    bugs: { manager: { countsJoinedEnvironmentsAsConfirmed: true } },
  },
  {
    title: 'nodes of an environment that joins again count as if they had the present limits',
    breaks: 'I2',
    bugs: { manager: { forgetsFormerLimitsOfJoinedEnvironments: true } },
  },
  {
    title: 'the former ACTIVE member stays ACTIVE',
    breaks: 'I3',
    bugs: {
      manager: {
        applyStep: (facts, step) => {
          const { facts: next, sent } = applyStep(facts, step);
          if (step.type !== 'ACTIVATE') return { facts: next, sent };
          const members = next.members.map((member, index) =>
            facts.members[index]?.state === 'ACTIVE' ? { ...member, state: 'ACTIVE' as const } : member,
          );
          return { facts: { ...next, members }, sent };
        },
      },
    },
  },
  {
    title: 'a sixth member is RETIRING',
    breaks: 'I3',
    bugs: {
      manager: {
        decide: (facts) => {
          const members = facts.members.filter(({ state }) => state !== 'RETIRING');
          return members.length === facts.members.length ? decide(facts) : sixth(facts, members);
        },
      },
    },
  },
  {
    title: 'a cached body outlives a revocation',
    breaks: 'I4',
    bugs: { node: { servesRevokedBody: true } },
  },
  {
    title: 'a revocation waits behind what was sent before it',
    breaks: 'I4',
    bugs: { manager: { queuesRevocations: true } },
  },
  {
    title: 'a crash separates a transition from its deployment',
    breaks: 'I2',
    bugs: { manager: { deploysInTransactionOfItsOwn: true } },
  },
  {
    title: 'a manager that was suspended carries out what it had decided',
    breaks: 'I3',
    bugs: { manager: { carriesOutFormerDecision: true } },
  },
  {
    title: 'a node that was removed is waited for',
    breaks: 'I5',
    bugs: {
      manager: {
        decide: (facts) => {
          const decision = decide(facts);
          const waits = facts.members.some(({ pendingNodeIds }) =>
            pendingNodeIds.some((id) => ![...facts.nodes, ...facts.outlets].some((node) => node.id === id)),
          );
          return waits ? { ...decision, step: undefined } : decision;
        },
      },
    },
  },
  {
    title: 'a member that was cut off from its nodes is never examined again',
    breaks: 'I5',
    bugs: {
      manager: {
        decide: (facts) => {
          const decision = decide(facts);
          const isKnown = facts.members.some(
            ({ state, pendingNodeIds }) => state === 'RETIRING' && pendingNodeIds.length > 0,
          );
          return isKnown && decision.step?.type === 'SET_RETIREMENT'
            ? { ...decision, step: undefined }
            : decision;
        },
      },
    },
  },
  {
    title: 'each change of an environment moves the time of a rollback',
    breaks: 'I5',
    bugs: {
      manager: {
        decide: (facts) => {
          const decision = decide(facts);
          return decision.step?.type === 'PUBLISHED_AGAIN' ? { ...decision, step: undefined } : decision;
        },
      },
    },
  },
  {
    title: 'an encryption key is published before every node can decrypt',
    breaks: 'I1',
    kind: 'ENCRYPTION',
    bugs: blindTo(allConfirmed),
  },
  {
    title: 'an encryption key retires before the last cached set is over',
    breaks: 'I2',
    kind: 'ENCRYPTION',
    bugs: blindAtRetirement(({ policy }) => ({ policy: { ...policy, verifierCacheTimeMs: 0 }, cachesMs: 0 })),
  },
  {
    title: 'a secret key is used before every node has it',
    breaks: 'I1',
    kind: 'OCT',
    bugs: blindTo(allConfirmed),
  },
];

function sixth(facts: RingFacts, members: RingFacts['members']): RingDecision {
  const decision = decide(facts);
  if (decision.step) return decision;
  const { step } = decide({ ...facts, members });
  return step?.type === 'ACTIVATE' ? { ...decision, step } : decision;
}
