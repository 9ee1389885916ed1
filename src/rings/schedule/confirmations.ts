// What the nodes of a ring have confirmed. PURE.

import type { MemberFacts, NodeFacts, RingFacts, Waiting } from './ring-facts.ts';

/**
 * A member is dated when its transaction begins. A node that registers before the transaction ends may still be sent the
 * state without it.
 */
const registrationMarginMs = 10_000;

/** Nodes and outlets that publish the ring, or hold its keys where only those count. */
export function publishersOf({ kind, nodes, outlets }: RingFacts): readonly NodeFacts[] {
  const all = outlets.length === 0 ? nodes : [...nodes, ...outlets];
  return kind === 'SIGNATURE' ? all : keyHoldersOf({ nodes: all });
}

function keyHoldersOf({ nodes }: Pick<RingFacts, 'nodes'>): readonly NodeFacts[] {
  return nodes.filter(({ privateKeys }) => privateKeys);
}

/** Nodes that may use the keys of the ring, also those of environments that it left; and outlets that deliver private keys. */
export function keyUsersOf({ nodes, leftNodes, outlets }: RingFacts): readonly NodeFacts[] {
  return keyHoldersOf({ nodes: [...nodes, ...leftNodes, ...outlets] });
}

/** An environment that joined the ring later has had the present state since it was first sent any. */
export function hasConfirmed(node: NodeFacts, revisions: MemberFacts['revisions']): boolean {
  if (node.leftRevision !== undefined) return node.appliedRevision >= node.leftRevision;
  const revision = revisions[node.environmentId];
  return revision === undefined || node.appliedRevision >= revision;
}

/**
 * Outlets that have not delivered a member that is published: such an outlet began to count, or changed, when the others had
 * the member. What reads its files would not know it.
 */
export function outletsWithout(facts: RingFacts, { revisions }: MemberFacts): readonly NodeFacts[] {
  return publishersOf(facts).filter((node) => node.outlet !== undefined && !hasConfirmed(node, revisions));
}

/** When it was last heard; a node that never was has served nothing since it registered. */
export function lastSeenAtOf({ lastSeenAt, registeredAt }: NodeFacts): number {
  return lastSeenAt ?? registeredAt;
}

/** When a disconnected node stops serving JWK Sets; undefined: it does not. */
export function stopsServingAt(node: NodeFacts): number | undefined {
  return node.connected || node.serveLimitMs === null ? undefined : lastSeenAtOf(node) + node.serveLimitMs;
}

export interface Publication {
  /** When every node had it, or had stopped serving; null: not yet. */
  readonly publishedAt: number | null;
  readonly missing: readonly NodeFacts[];
  /** When the next of the missing nodes stops serving. */
  readonly changesAt: number | null;
}

export function publicationOf(facts: RingFacts, member: MemberFacts): Publication {
  const { now, nodeRemovedAt } = facts;
  let publishedAt = member.createdAt;
  let changesAt = Number.POSITIVE_INFINITY;
  const missing: NodeFacts[] = [];
  const again = member.state === 'NEXT';
  for (const node of publishersOf(facts)) {
    const revision = member.revisions[node.environmentId];
    // What it serves first holds the member, and before that it serves nothing.
    const later = registeredAfter(node, member.joinedAt[node.environmentId] ?? member.createdAt);
    if (revision === undefined || (later && node.appliedRevision === 0)) continue;
    if (node.appliedRevision >= revision && (node.connected || !again)) {
      if (!later) publishedAt = Math.max(publishedAt, node.appliedAt ?? now);
      continue;
    }
    const stopped = stopsServingAt(node);
    if (stopped !== undefined && stopped <= now) {
      publishedAt = Math.max(publishedAt, stopped);
      continue;
    }
    if (stopped !== undefined) changesAt = Math.min(changesAt, stopped);
    missing.push(node);
  }
  // After a restore, what nodes confirmed before it proves nothing about what they serve now.
  if (again) publishedAt = now;
  // A node that was removed may have served sets without the member until then.
  if (nodeRemovedAt !== null) publishedAt = Math.max(publishedAt, nodeRemovedAt);
  return {
    publishedAt: missing.length === 0 ? Math.min(publishedAt, now) : null,
    missing,
    changesAt: Number.isFinite(changesAt) ? changesAt : null,
  };
}

/** Later than anything that was sent in a transaction of that time. */
export function registeredAfter({ registeredAt }: NodeFacts, time: number): boolean {
  return registeredAt > time + registrationMarginMs;
}

export function waitingForNodes(nodes: readonly NodeFacts[]): readonly Waiting[] {
  return nodes.map(({ environmentName, name, connected, lastSeenAt, outlet }) => ({
    environmentName,
    nodeName: outlet ? outlet.nodeName : name,
    ...(outlet && { outletName: outlet.name }),
    reason: connected ? 'NOT_CONFIRMED' : 'NOT_CONNECTED',
    lastSeenAt,
  }));
}
