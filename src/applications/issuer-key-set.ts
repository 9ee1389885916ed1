// The public keys behind a `jwksUri`, as the manager last saw them. All applications of a project that name a URI share one
// set, so it is fetched once for all of them.

/** A public JWK, without what a node does not need to verify with it. */
export type IssuerKey = Readonly<Record<string, unknown>>;

/** When a set is fetched next, and what the last fetch found. */
export interface KeySetRefresh {
  readonly refreshAt: Date;
  readonly state: 'FRESH' | 'FAILING';
  /** When this state began. */
  readonly stateSince: Date;
  /** Public text; null while FRESH. */
  readonly stateReason: string | null;
  /** When the URI last returned keys. */
  readonly fetchedAt: Date;
  /** Validators of the last response, for a conditional request (RFC 9110 §13.1). */
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface IssuerKeySet {
  readonly id: string;
  readonly projectId: string;
  readonly jwksUri: string;
  readonly keys: readonly IssuerKey[];
  readonly createdAt: Date;
  /** When the keys last changed. */
  readonly updatedAt: Date;
  readonly refresh: KeySetRefresh;
  readonly altered?: boolean;
}

export interface IssuerKeySetStore {
  /** Of these URIs; those that are not followed are left out. */
  findMany(projectId: string, jwksUris: readonly string[]): Promise<readonly IssuerKeySet[]>;
  /**
   * A few of each project that are due, also those that a clock since set back has put off, without `except`. Those that do not
   * fail come first, projects take turns, and of a project the longest overdue comes first.
   */
  due(
    window: { readonly now: Date; readonly furthest: Date; readonly except: ReadonlySet<string> },
    limit: number,
  ): Promise<readonly IssuerKeySet[]>;
  /** The earliest fetch of all that is scheduled; null: none is. */
  next(): Promise<Date | null>;
  insert(set: IssuerKeySet): Promise<void>;
  /** Its keys, and when it is fetched next. */
  update(set: IssuerKeySet): Promise<void>;
  /** Leaves the keys and their MAC alone. */
  putRefresh(id: string, refresh: KeySetRefresh): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface IssuerKeySetStores {
  readonly issuerKeySets: IssuerKeySetStore;
}
