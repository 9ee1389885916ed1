// The delivery of an outlet to a node or by a manager, and the program that reads it: it uses what was delivered until
// something else is, for as long as the outlet exists.

import type { RingFacts } from '../../../../src/rings/schedule/ring-facts.ts';
import { type Content, type SimulatedNode, withoutRetired } from './simulated-node.ts';

/** Ways in which deliveries may be wrong; see `planted-outlet-bugs.ts`. */
export interface OutletBugs {
  readonly reportsRevisionOfState?: boolean;
  readonly deliversOnce?: boolean;
  readonly forgetsDeleted?: boolean;
}

/** SET: what verifiers or senders read; PRIVATE: keys that the reader uses by itself. */
export type DeliveredContent = 'SET' | 'PRIVATE';

export interface OutletParameters {
  readonly name: string;
  readonly kind: RingFacts['kind'];
  readonly content: DeliveredContent;
  readonly environment: number;
  readonly environmentId: string;
  /** Undefined: the manager delivers. */
  readonly node: SimulatedNode | undefined;
  /** The first revision of the environment that has the outlet. */
  readonly since: number;
  readonly registeredAt: number;
}

export class SimulatedDelivery {
  /** The row of the database. */
  readonly row: {
    readonly id: string;
    readonly name: string;
    readonly environmentId: string;
    readonly environmentName: string;
    connected: boolean;
    appliedRevision: number;
    appliedAt: number | null;
    readonly registeredAt: number;
    lastSeenAt: number | null;
    readonly privateKeys: boolean;
    readonly serveLimitMs: null;
    readonly ephemeral: false;
    outlet: { readonly name: string; readonly nodeName: string | null; readonly isFailing: boolean };
  };
  readonly parameters: OutletParameters;
  /** As bits: members that it did not have before, so it drops none of them. */
  excused = 0;
  /** Attempts fail, or the next one is not yet made. */
  blocked: 'FAILING' | 'LAGGING' | undefined;
  delivered: Content | undefined;
  /** What it can tell the managers; a node that starts again knows nothing of earlier deliveries. */
  knownRevision = 0;
  #blockedAt = Number.POSITIVE_INFINITY;

  constructor(parameters: OutletParameters) {
    const { name, kind, content, environmentId, node, registeredAt } = parameters;
    this.parameters = parameters;
    this.row = {
      id: `${name}/${node?.row.id ?? environmentId}`,
      name,
      environmentId,
      environmentName: '',
      connected: node?.row.connected ?? true,
      appliedRevision: 0,
      appliedAt: null,
      registeredAt,
      lastSeenAt: node?.row.lastSeenAt ?? null,
      privateKeys: kind === 'ENCRYPTION' || content === 'PRIVATE',
      serveLimitMs: null,
      ephemeral: false,
      outlet: { name, nodeName: node?.row.name ?? null, isFailing: false },
    };
  }

  block(how: 'FAILING' | 'LAGGING', now: number): void {
    this.blocked = how;
    this.#blockedAt = Math.min(this.#blockedAt, now);
  }

  mend(): void {
    this.blocked = undefined;
    this.#blockedAt = Number.POSITIVE_INFINITY;
  }

  /** @returns whether that changed what managers know */
  report(revision: number, now: number): boolean {
    const { row, blocked } = this;
    row.outlet = { ...row.outlet, isFailing: blocked === 'FAILING' };
    if (revision === row.appliedRevision) return false;
    row.appliedRevision = revision;
    row.appliedAt = now;
    return true;
  }

  /** Its reader takes tokens or messages of others. */
  get takes(): boolean {
    const { kind, content } = this.parameters;
    return this.delivered !== undefined && content === (kind === 'SIGNATURE' ? 'SET' : 'PRIVATE');
  }

  /** The members whose tokens or messages its reader can take. */
  bodyAt(now: number): number {
    if (!this.delivered || !this.takes) return 0;
    // Where nothing is written, nothing is removed.
    const time = Math.min(now, this.#blockedAt) + (this.parameters.node?.offsetMs ?? 0);
    return withoutRetired(this.delivered, time) & ~this.delivered.revoked;
  }

  /** The member that its reader signs or encrypts with; 0: none. */
  usedKey(): number {
    const { kind, content } = this.parameters;
    const uses = kind === 'ENCRYPTION' ? content === 'SET' : content === 'PRIVATE';
    return uses ? (this.delivered?.active ?? 0) : 0;
  }
}
