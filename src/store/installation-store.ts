// Facts about this installation as a whole, such as when it was made.

export interface InstallationStore {
  get(key: string): Promise<string | undefined>;
  put(key: string, value: string): Promise<void>;
  /** Of what nodes get: its row carries a MAC. */
  getSetting(key: string): Promise<StoredSetting | undefined>;
  putSetting(key: string, value: string): Promise<void>;
}

export interface StoredSetting {
  readonly value: string;
  /** The row was altered outside keyplane. */
  readonly altered?: boolean;
}
