/** How the whole installation stands, counted by the database. */
export interface InstallationStats {
  readonly environments: readonly {
    readonly name: string;
    readonly revision: number;
    readonly nodes: number;
    readonly connected: number;
    /** Behind the revision of their environment, connected or not. */
    readonly lagging: number;
    /** Have a history that the database does not know, and accept no changes until that is resolved. */
    readonly diverged: number;
    /** The farthest that the clock of a connected node is from the manager's. */
    readonly clockOffsetMs: number;
  }[];
  /** Followed URLs by their state. */
  readonly followed: readonly { readonly state: string; readonly count: number }[];
  /** Key rings by the state that the scheduler found last. */
  readonly rings: readonly { readonly state: string; readonly count: number }[];
  /** Key rings whose rotation is late. */
  readonly lateRings: number;
  /** RETIRING keys that were used after every node had their successor; at most 1,000 are examined. */
  readonly usedRetiringKeys: number;
  /** Deliveries of outlets to nodes, or by managers, whose last attempt failed. */
  readonly failingDeliveries: number;
  /** Webhooks whose last attempt failed, or whose receiver wants no more. */
  readonly failingWebhooks: number;
  /** Of all webhooks together: events after those delivered, of all types. */
  readonly pendingEvents: number;
  /** JWKs that expire after `now` and by `soon`. */
  readonly expiring: number;
  /** JWKs that expired by `now`. */
  readonly expired: number;
}

export interface InstallationStatsStore {
  stats(now: Date, soon: Date): Promise<InstallationStats>;
}

export interface InstallationStatsStores {
  readonly stats: InstallationStatsStore;
}
