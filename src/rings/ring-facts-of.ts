// What decisions about a ring are made from, out of the database alone, so that every manager decides alike.

import { alteredProject } from '../altered-settings.ts';
import { cachesMsOf, formerCachingOf } from '../deployments/caching-history.ts';
import { alteredCaching, storedCaching } from '../deployments/environment-settings.ts';
import type { Environment, RegisteredNode } from '../environments/environment-store.ts';
import type { KeyplaneError } from '../errors.ts';
import { ringKindOf } from '../jwks/ring-member.ts';
import type { KeyRing } from './ring.ts';
import { environmentsOfRing } from './ring-environments.ts';
import { type GatingDelivery, gatingDeliveries } from './ring-outlets.ts';
import { generationOf } from './ring-parameters.ts';
import { policyFacts } from './ring-policy.ts';
import type { RingRuleStores } from './ring-rules.ts';
import type { MemberJwk, Revocation } from './ring-store.ts';
import type { MemberFacts, NodeFacts, RingFacts } from './schedule/ring-facts.ts';

export interface LoadedRing {
  readonly ring: KeyRing;
  readonly projectName: string;
  /** Ascending by version. */
  readonly members: readonly MemberJwk[];
  /** Those that the project reaches and the policy names, by name order. */
  readonly environments: readonly Environment[];
  /** Of these environments, by name order. */
  readonly nodes: readonly RegisteredNode[];
  /** Of environments that left the ring; see `RingFacts.leftNodes`. */
  readonly leftNodes: readonly LeftNode[];
  /** Of outlets that count in its gate. */
  readonly outlets: readonly GatingDelivery[];
  /** Those that wait for a node. */
  readonly openRevocations: readonly Revocation[];
  readonly now: Date;
  readonly facts: RingFacts;
  /** Undefined where no row was altered that the facts are made from: by others the ring does not move. */
  readonly unusable: KeyplaneError | undefined;
}

export interface LeftNode extends RegisteredNode {
  readonly environmentName: string;
  /** With which the node no longer has the ring. */
  readonly leftRevision: number;
}

export function loadRing(stores: RingRuleStores, ring: KeyRing): Promise<LoadedRing> {
  return load(stores, ring, { withNodes: true });
}

/** As if there were no node and no outlet: for what is decided without them, since there may be thousands. */
export function loadRingWithoutNodes(stores: RingRuleStores, ring: KeyRing): Promise<LoadedRing> {
  return load(stores, ring, { withNodes: false });
}

async function load(
  stores: RingRuleStores,
  ring: KeyRing,
  { withNodes }: { readonly withNodes: boolean },
): Promise<LoadedRing> {
  const environments = await environmentsOfRing(stores, ring);
  const ids = environments.map(({ id }) => id);
  // Sent together: a remote database answers all of it in one round trip.
  const [
    project,
    members,
    openRevocations,
    { caching, altered },
    removedInRing,
    now,
    nodes,
    withdrawals,
    allOutlets,
  ] = await Promise.all([
    stores.projects.get(ring.projectId),
    stores.rings.members(ring.id),
    stores.rings.openRevocationsOf(ring.id),
    storedCaching(stores),
    stores.rings.nodeRemovedAt(ids),
    stores.rings.now(),
    withNodes && ids.length > 0 ? stores.nodes.listOf(ids) : [],
    withNodes ? stores.desired.withdrawnFrom('key-ring', ring.id) : [],
    withNodes ? stores.outlets.ofProject(ring.projectId) : [],
  ]);
  const formerCaches = await formerCachingOf(stores, now);
  const outlets = await gatingDeliveries(stores, allOutlets, { ring, members, environments, nodes });
  const left = new Map(withdrawals.map(({ environmentId, revision }) => [environmentId, revision]));
  // Until it was removed, a node of an environment that left the ring did what it did before.
  const removedInLeft = left.size === 0 ? null : await stores.rings.nodeRemovedAt([...left.keys()]);
  const removals = [removedInRing, removedInLeft].flatMap((at) => (at === null ? [] : [at.getTime()]));
  const leftNodes = left.size === 0 ? [] : await nodesOfLeft(stores, left);
  const names = new Map(environments.map(({ id, name }) => [id, name]));
  const generation = generationOf(ring);
  const { requestedActivation, formerLimits } = ring;
  return {
    ring,
    projectName: project?.name ?? '',
    members,
    environments,
    nodes,
    leftNodes,
    outlets,
    openRevocations,
    now,
    unusable: project?.altered ? alteredProject(project.name) : altered ? alteredCaching() : undefined,
    facts: {
      now: now.getTime(),
      name: ring.name,
      kind: ringKindOf(ring),
      policy: policyFacts(ring.policy),
      formerLimits: formerLimits && { ...formerLimits, until: timeOf(formerLimits.until) },
      createdAt: ring.createdAt.getTime(),
      heldBecause: ring.heldBecause,
      rotateRequestedAt: timeOf(ring.rotateRequestedAt),
      requestedActivation: requestedActivation && {
        version: requestedActivation.version,
        force: requestedActivation.force,
      },
      resumedAt: timeOf(ring.resumedAt),
      members: members.map((jwk) => memberFacts(jwk, generation)),
      nodes: nodes.map((node) => nodeFacts(node, names.get(node.environmentId) ?? '')),
      leftNodes: leftNodes.map((node) => ({
        ...nodeFacts(node, node.environmentName),
        leftRevision: node.leftRevision,
      })),
      outlets: outlets.map(outletFacts),
      cachesMs: cachesMsOf(caching),
      formerCaches,
      nodeRemovedAt: removals.length === 0 ? null : Math.max(...removals),
      isRevoking: openRevocations.length > 0,
    },
  };
}

/** @param left revisions by environment id */
async function nodesOfLeft(
  { environments, nodes }: Pick<RingRuleStores, 'environments' | 'nodes'>,
  left: ReadonlyMap<string, number>,
): Promise<readonly LeftNode[]> {
  const found = await nodes.listOf([...left.keys()]);
  if (found.length === 0) return [];
  const names = new Map((await environments.list()).map(({ id, name }) => [id, name]));
  return found.map((node) => ({
    ...node,
    environmentName: names.get(node.environmentId) ?? '',
    leftRevision: left.get(node.environmentId) ?? 0,
  }));
}

function memberFacts({ id, kid, createdAt, member }: MemberJwk, generation: string): MemberFacts {
  const { version, state, revisions, joinedAt, pendingNodeIds, hasSigned } = member;
  return {
    version,
    jwkId: id,
    kid,
    state,
    revisions,
    joinedAt,
    createdAt: createdAt.getTime(),
    publishedAt: timeOf(member.publishedAt),
    readyAt: timeOf(member.readyAt),
    activatedAt: timeOf(member.activatedAt),
    retireAt: timeOf(member.retireAt),
    sentRetireAt: timeOf(member.sentRetireAt),
    retiredAt: timeOf(member.retiredAt),
    revokedAt: timeOf(member.revokedAt),
    confirmedAt: timeOf(member.confirmedAt),
    pendingNodeIds,
    hasSigned,
    erased: member.erasedAt !== null,
    outdated: member.generation !== null && member.generation !== generation,
  };
}

function nodeFacts(node: RegisteredNode, environmentName: string): NodeFacts {
  const { id, name, environmentId, connected, appliedRevision, privateKeys, serveLimitMs, ephemeral } = node;
  return {
    id,
    name,
    environmentId,
    environmentName,
    connected,
    appliedRevision,
    appliedAt: timeOf(node.appliedAt),
    registeredAt: node.createdAt.getTime(),
    lastSeenAt: timeOf(node.lastSeenAt),
    privateKeys,
    serveLimitMs,
    ephemeral,
  };
}

function outletFacts(delivery: GatingDelivery): NodeFacts {
  const { id, outletName, nodeName, isFailing, environmentId, environmentName, connected } = delivery;
  return {
    id,
    name: outletName,
    environmentId,
    environmentName,
    connected,
    appliedRevision: delivery.revision,
    appliedAt: timeOf(delivery.confirmedAt),
    registeredAt: delivery.createdAt.getTime(),
    lastSeenAt: timeOf(delivery.lastSeenAt),
    privateKeys: delivery.holdsPrivateKeys,
    // What it delivered stays where it is.
    serveLimitMs: null,
    ephemeral: false,
    outlet: { name: outletName, nodeName, isFailing },
  };
}

function timeOf(date: Date | null): number | null {
  return date === null ? null : date.getTime();
}
