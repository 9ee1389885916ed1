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
  }[];
  /** Followed URLs by their state. */
  readonly followed: readonly { readonly state: string; readonly count: number }[];
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
