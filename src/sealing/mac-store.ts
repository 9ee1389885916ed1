// The MACs of rows as a whole, beside the tables that write one with each row.

export interface AlteredRow {
  readonly table: string;
  /** Its key, with `/` between the parts. */
  readonly id: string;
  /** Of a project or an environment. */
  readonly name?: string;
}

export interface MacStore {
  /**
   * Gives a MAC to every row that has none, as the first start after an upgrade does: what the database holds then is
   * taken as it is. @returns how many rows
   */
  fillIn(): Promise<number>;
  /** The same for the settings of projects, environments and the installation alone. */
  fillInSettings(): Promise<number>;
  /** Whether any row has a MAC. */
  any(): Promise<boolean>;
  /** Whether any row with such settings has one. */
  anySetting(): Promise<boolean>;
  /** Rows without a valid MAC, at most `limit`. */
  altered(limit: number): Promise<readonly AlteredRow[]>;
}

export interface MacStores {
  readonly macs: MacStore;
}
