// Counts and short lists over all that a caller may see, made by the database rather than from its rows.

import type { KeyTypeName } from '../jose/key-types.ts';
import type { RingState } from '../rings/ring.ts';

/** Null: every project. */
export type VisibleProjects = readonly string[] | null;

export interface JwkCount {
  readonly projectId: string;
  readonly type: KeyTypeName;
  readonly use: 'sig' | 'enc' | null;
  readonly count: number;
}

export interface ExpiringJwk {
  readonly projectName: string;
  readonly name: string;
  readonly expirationTime: Date;
}

export interface FailingSource {
  readonly projectName: string;
  readonly name: string;
  readonly sourceUrl: string | null;
  readonly state: 'FAILING' | 'GONE';
  readonly stateSince: Date;
  readonly stateReason: string | null;
}

/** A key ring that is held, blocked, late or revoking. */
export interface UnsteadyRing {
  readonly projectName: string;
  readonly name: string;
  readonly state: RingState;
  readonly lateSince: Date | null;
}

/** The first few, and how many there are. */
export interface Top<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

export interface OverviewStore {
  jwkCounts(projects: VisibleProjects): Promise<readonly JwkCount[]>;
  /** Soonest first; what has expired comes before what will. */
  expiring(projects: VisibleProjects, page: { before: Date; limit: number }): Promise<Top<ExpiringJwk>>;
  /** The longest failing first. */
  failingSources(projects: VisibleProjects, limit: number): Promise<Top<FailingSource>>;
  /** As the scheduler found them last, by name. */
  unsteadyRings(projects: VisibleProjects, limit: number): Promise<Top<UnsteadyRing>>;
}

export interface OverviewStores {
  readonly overview: OverviewStore;
}
