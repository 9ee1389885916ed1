/** A key of a user, under which one change was stored. */
export interface IdempotencyKeyName {
  readonly userId: string;
  readonly key: string;
}

export interface IdempotencyRecord extends IdempotencyKeyName {
  /** Keyed hash of what was asked. */
  readonly requestHash: Buffer;
  /** JSON of the deployment, or of null where nothing was deployed. */
  readonly deployment: string;
  /** JSON of the result; null as long as it is not known. */
  readonly answer: string | null;
}

export interface IdempotencyKeyStore {
  find(name: IdempotencyKeyName): Promise<IdempotencyRecord | undefined>;
  /** As of now by the database's clock. */
  insert(request: IdempotencyRecord): Promise<void>;
  putAnswer(name: IdempotencyKeyName, answer: string): Promise<void>;
  /** Deletes at most `limit` records that are older, by the database's clock. Returns how many. */
  prune(olderThanMs: number, limit: number): Promise<number>;
}

export interface IdempotencyStores {
  readonly idempotencyKeys: IdempotencyKeyStore;
}
