// JWKs from a URL that are followed: when to fetch again, and what the last fetch found. The schedule is stored, so
// that it survives restarts; a fetch that changed nothing leaves the JWK's own row alone.

export const sourceStates = Object.freeze(['FRESH', 'FAILING', 'GONE'] as const);
/** FRESH: the last fetch found the key. FAILING: it failed. GONE: it got a response without the key. */
export type SourceState = (typeof sourceStates)[number];

export interface Refresh {
  readonly jwkId: string;
  readonly intervalMs: number;
  readonly refreshAt: Date;
  readonly state: SourceState;
  /** When this state began. */
  readonly stateSince: Date;
  /** Public text; null while FRESH. */
  readonly stateReason: string | null;
  /** Validators of the last response, for a conditional request (RFC 9110 §13.1). */
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface RefreshWindow {
  readonly now: Date;
  /** A time later than any interval allows comes from a clock that has been set back since. */
  readonly furthest: Date;
}

export interface RefreshStore {
  find(jwkId: string): Promise<Refresh | undefined>;
  getMany(jwkIds: readonly string[]): Promise<readonly Refresh[]>;
  /** The refreshes that are due, the longest overdue first. */
  due(window: RefreshWindow, limit: number): Promise<readonly Refresh[]>;
  /** The earliest of all that are scheduled; null: none is. */
  next(): Promise<Date | null>;
  put(refresh: Refresh): Promise<void>;
  delete(jwkId: string): Promise<void>;
}

export interface RefreshStores {
  readonly refreshes: RefreshStore;
}
