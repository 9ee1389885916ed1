import type {
  MemberFacts,
  NodeFacts,
  PolicyFacts,
  RingFacts,
} from '../../../../src/rings/schedule/ring-facts.ts';

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The defaults: D is PT24H7M with A + W of 360 s. */
const defaultPolicy: PolicyFacts = {
  rotationIntervalMs: 90 * day,
  maxTokenLifetimeMs: hour,
  verifierCacheTimeMs: day,
  clockSkewMs: minute,
  signingLeaseMs: 7 * day,
};
export const defaultDelay = 24 * hour + 7 * minute;

export const start = Date.UTC(2026, 10, 1);

export function ring(change: Partial<RingFacts> = {}): RingFacts {
  return {
    now: start,
    name: 'api-signing',
    kind: 'SIGNATURE',
    policy: defaultPolicy,
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
    cachesMs: 360 * second,
    formerCaches: null,
    nodeRemovedAt: null,
    isRevoking: false,
    ...change,
  };
}

export function member(
  version: number,
  state: MemberFacts['state'],
  change: Partial<MemberFacts> = {},
): MemberFacts {
  return {
    version,
    jwkId: `jwk-${version}`,
    kid: `k${version}`,
    state,
    revisions: { e1: 10 },
    joinedAt: {},
    createdAt: start,
    publishedAt: null,
    readyAt: null,
    activatedAt: null,
    retireAt: null,
    retiredAt: null,
    revokedAt: null,
    confirmedAt: null,
    sentRetireAt: null,
    pendingNodeIds: [],
    hasSigned: state === 'ACTIVE' || state === 'RETIRING',
    erased: false,
    outdated: false,
    ...change,
  };
}

/** Registered long ago, connected, and up to date. */
export function node(name: string, change: Partial<NodeFacts> = {}): NodeFacts {
  return {
    id: `id-${name}`,
    name,
    environmentId: 'e1',
    environmentName: 'gate',
    connected: true,
    appliedRevision: 10,
    appliedAt: start,
    registeredAt: start - day,
    lastSeenAt: start,
    privateKeys: true,
    serveLimitMs: null,
    ephemeral: false,
    ...change,
  };
}
