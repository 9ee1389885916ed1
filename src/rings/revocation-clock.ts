// When the world is safe from revoked keys: a node once it publishes them no more, verifiers once no cache holds them.

import type { RegisteredNode } from '../environments/environment-store.ts';
import type { GatingDelivery } from './ring-outlets.ts';
import type { Revocation, SafeNode } from './ring-store.ts';

export interface PendingNode {
  readonly environmentName: string;
  /** Null: an outlet of the manager. */
  readonly nodeName: string | null;
  /** Absent where the node itself is meant. */
  readonly outletName?: string;
  readonly lastSeenAt: Date | null;
  /** Null: without end. */
  readonly signsUntil: Date | null;
  /** Until when verifiers may have the keys from it; null: without end. */
  readonly publishesUntil: Date | null;
}

export interface RevocationClock {
  /** With the nodes that are safe by now. */
  readonly revocation: Revocation;
  /** By the names of environment and node. */
  readonly safeNodes: readonly SafeNode[];
  readonly pendingNodes: readonly PendingNode[];
  readonly nodesSafeAt: Date | null;
  readonly verifiersSafeAt: Date | null;
}

export type ClockNode = RegisteredNode & { readonly environmentName: string };

export interface ClockFacts {
  readonly now: Date;
  /** Those that publish the ring, in the environments of the revocation. */
  readonly nodes: readonly ClockNode[];
  /** Of environments that left the ring: they have the keys until they confirm that. */
  readonly leftNodes: readonly (ClockNode & { readonly leftRevision: number })[];
  readonly outlets: readonly GatingDelivery[];
  /** How long a copy of a set may be used after it was served: A + W + V; 0 for keys that are never published. */
  readonly copiesMs: number;
  /** Null: without end. */
  readonly signingLeaseMs: number | null;
  /** When a node of these environments was last removed. */
  readonly nodeRemovedAt: Date | null;
}

/** A node that registered this long after the revocation was never sent the keys. */
const registrationMarginMs = 10_000;

export function revocationClock(before: Revocation, facts: ClockFacts): RevocationClock {
  const { nodes, leftNodes, outlets, copiesMs } = facts;
  const safe: Record<string, SafeNode> = { ...before.safe };
  const revisions: Record<string, number> = { ...before.revisions };
  const pending: PendingNode[] = [];
  for (const node of nodes) {
    if (safe[node.id] !== undefined || cameLater(node, before)) continue;
    const safeAt = safeAtOf(node, before, facts.now);
    if (safeAt === undefined) pending.push(pendingNode(node, facts));
    else safe[node.id] = safeNode(node, safeAt, before);
  }
  for (const node of leftNodes) {
    if (safe[node.id] !== undefined || cameLater(node, before)) continue;
    const { environmentId, leftRevision } = node;
    if (node.appliedRevision < leftRevision) {
      // Kept: the revision counts also if the environment joins the ring again, and when the node confirms it.
      revisions[environmentId] ??= leftRevision;
      pending.push(pendingNode(node, facts));
    } else if (before.revisions[environmentId] !== undefined) {
      safe[node.id] = safeNode(node, (node.appliedAt ?? facts.now).getTime(), before);
    }
  }
  for (const delivery of outlets) {
    if (safe[delivery.id] !== undefined || cameLater(delivery, before)) continue;
    const { environmentName, nodeName, outletName, lastSeenAt } = delivery;
    const place = { environmentName, nodeName, outletName };
    const revision = before.revisions[delivery.environmentId];
    if (revision !== undefined && delivery.revision < revision) {
      // What was delivered is used until something else is.
      pending.push({ ...place, lastSeenAt, signsUntil: null, publishesUntil: null });
      continue;
    }
    const safeAt = revision === undefined ? 0 : (delivery.confirmedAt ?? facts.now).getTime();
    safe[delivery.id] = { ...place, safeAfterMs: Math.max(0, safeAt - before.revokedAt.getTime()) };
  }
  const done = pending.length === 0;
  const nodesSafeAt = before.nodesSafeAt ?? (done ? lastSafeAt(before, Object.values(safe), facts) : null);
  return {
    revocation: { ...before, revisions, safe, done: before.done || done, nodesSafeAt },
    safeNodes: Object.values(safe).sort(byName),
    pendingNodes: pending.sort(byName),
    nodesSafeAt,
    verifiersSafeAt: nodesSafeAt && new Date(nodesSafeAt.getTime() + copiesMs),
  };
}

function cameLater({ createdAt }: Pick<RegisteredNode, 'createdAt'>, { revokedAt }: Revocation): boolean {
  return createdAt.getTime() > revokedAt.getTime() + registrationMarginMs;
}

function safeNode({ environmentName, name }: ClockNode, safeAt: number, { revokedAt }: Revocation): SafeNode {
  return { environmentName, nodeName: name, safeAfterMs: Math.max(0, safeAt - revokedAt.getTime()) };
}

/** Milliseconds since 1970; undefined while it may publish the keys. */
function safeAtOf(node: RegisteredNode, { revisions }: Revocation, now: Date): number | undefined {
  const revision = revisions[node.environmentId];
  if (revision === undefined) return 0;
  if (node.appliedRevision >= revision) return (node.appliedAt ?? now).getTime();
  if (node.connected || node.serveLimitMs === null) return undefined;
  const stoppedAt = (node.lastSeenAt ?? node.createdAt).getTime() + node.serveLimitMs;
  return stoppedAt <= now.getTime() ? stoppedAt : undefined;
}

function pendingNode(
  { name, environmentName, lastSeenAt, createdAt, serveLimitMs, privateKeys }: ClockNode,
  { signingLeaseMs, copiesMs }: ClockFacts,
): PendingNode {
  const heard = (lastSeenAt ?? createdAt).getTime();
  const after = (durationMs: number | null) => (durationMs === null ? null : new Date(heard + durationMs));
  return {
    environmentName,
    nodeName: name,
    lastSeenAt,
    // One without private keys never signed.
    signsUntil: privateKeys ? after(signingLeaseMs) : lastSeenAt,
    publishesUntil: after(serveLimitMs === null ? null : serveLimitMs + copiesMs),
  };
}

function lastSafeAt(
  { revokedAt }: Revocation,
  safe: readonly SafeNode[],
  { nodeRemovedAt }: ClockFacts,
): Date {
  const last = Math.max(0, ...safe.map(({ safeAfterMs }) => safeAfterMs));
  return new Date(Math.max(revokedAt.getTime() + last, nodeRemovedAt?.getTime() ?? 0));
}

interface Named {
  readonly environmentName: string;
  readonly nodeName: string | null;
  readonly outletName?: string;
}

function byName(one: Named, other: Named): number {
  return (
    compare(one.environmentName, other.environmentName) ||
    compare(one.nodeName ?? '', other.nodeName ?? '') ||
    compare(one.outletName ?? '', other.outletName ?? '')
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
