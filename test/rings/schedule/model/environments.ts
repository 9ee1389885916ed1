// What the environments of a ring deploy about it, and which of them are in the ring.

import type { NodeFacts, RingFacts } from '../../../../src/rings/schedule/ring-facts.ts';
import { contentOfRing } from './deployed-ring.ts';
import { type Content, hasStopped, type SimulatedNode } from './simulated-node.ts';
import type { ManagerBugs } from './world-options.ts';

const environmentIds: readonly string[] = ['e0', 'e1', 'e2'];

export function environmentIdOf(environment: number): string {
  return environmentIds[environment] ?? '';
}

type Revisions = Readonly<Record<string, number>>;

export class Environments {
  #contents: readonly Content[];
  /** Of the last change of caching, by environment. */
  #cachingRevisions: readonly number[] = [];
  /** By environment that left the ring: the revision that took the ring from its nodes. */
  readonly #left = new Map<number, number>();
  /** By environment: when a node of it was last removed. */
  readonly #removedAt = new Map<number, number>();

  constructor(count: number, ring: RingFacts) {
    this.#contents = Array.from({ length: count }, () => contentOfRing(ring, 1));
  }

  contentAt(environment: number): Content | undefined {
    return this.#contents[environment];
  }

  hasRing(environment: number): boolean {
    return !this.#left.has(environment);
  }

  /** By number. */
  get inRing(): readonly number[] {
    return [...this.#contents.keys()].filter((environment) => this.hasRing(environment));
  }

  /** Of the environments of the ring. */
  nextRevisions(): Revisions {
    return Object.fromEntries(
      this.inRing.map((environment) => [environmentIdOf(environment), this.#next(environment)]),
    );
  }

  deploy(ring: RingFacts): void {
    this.#contents = this.#contents.map((content, environment) =>
      this.hasRing(environment) ? contentOfRing(ring, content.revision + 1) : content,
    );
  }

  /** Caching reaches every node, also those of environments that are not in the ring. */
  deployCaching(ring: RingFacts): void {
    this.#contents = this.#contents.map(({ revision }, environment) =>
      contentOfRing(this.hasRing(environment) ? ring : { ...ring, members: [] }, revision + 1),
    );
    this.#cachingRevisions = this.#contents.map(({ revision }) => revision);
  }

  /** When the last node confirmed a change of A + W, as the managers record it. */
  withConfirmedCaching(ring: RingFacts, nodes: readonly SimulatedNode[], now: number): RingFacts {
    const { formerCaches } = ring;
    if (!formerCaches || formerCaches.confirmedAt !== null) return ring;
    for (const { row, environment } of nodes) {
      if (row.appliedRevision < (this.#cachingRevisions[environment] ?? 0) && !hasStopped(row, now))
        return ring;
    }
    return { ...ring, formerCaches: { ...formerCaches, confirmedAt: now } };
  }

  leave(environment: number, ring: RingFacts): void {
    const revision = this.#next(environment);
    this.#left.set(environment, revision);
    this.#replace(environment, contentOfRing({ ...ring, members: [] }, revision));
  }

  /** @returns what the ring becomes by it, in the same transaction */
  joinAgain(environment: number, before: RingFacts, now: number, bugs: ManagerBugs): RingFacts {
    const revision = this.#next(environment);
    this.#left.delete(environment);
    const id = environmentIdOf(environment);
    const joined = { [id]: revision };
    let { members, formerLimits } = before;
    if (!bugs.countsJoinedEnvironmentsAsConfirmed) {
      members = members.map((member) => ({
        ...member,
        revisions: { ...member.revisions, ...joined },
        joinedAt: { ...member.joinedAt, [id]: now },
      }));
    }
    if (formerLimits && !bugs.forgetsFormerLimitsOfJoinedEnvironments) {
      formerLimits = { ...formerLimits, revisions: { ...formerLimits.revisions, ...joined } };
    }
    const ring = { ...before, members, formerLimits };
    this.#replace(environment, contentOfRing(ring, revision));
    return ring;
  }

  nodeRemoved(environment: number, at: number): void {
    this.#removedAt.set(environment, at);
  }

  /** As the managers record it: also of environments that left the ring. */
  get nodeRemovedAt(): number | null {
    return this.#removedAt.size === 0 ? null : Math.max(...this.#removedAt.values());
  }

  /** @param rows of all nodes */
  factsOf(
    nodes: readonly SimulatedNode[],
    rows: readonly NodeFacts[],
  ): Pick<RingFacts, 'nodes' | 'leftNodes'> {
    if (this.#left.size === 0) return { nodes: rows, leftNodes: [] };
    const inRing: NodeFacts[] = [];
    const leftNodes: NodeFacts[] = [];
    for (const { row, environment } of nodes) {
      const left = this.#left.get(environment);
      if (left === undefined) inRing.push(row);
      else leftNodes.push({ ...row, leftRevision: left });
    }
    return { nodes: inRing, leftNodes };
  }

  #next(environment: number): number {
    return (this.#contents[environment]?.revision ?? 0) + 1;
  }

  #replace(environment: number, content: Content): void {
    this.#contents = this.#contents.with(environment, content);
  }
}
