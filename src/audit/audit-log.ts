// The append-only record: who did what to which object with which outcome. A record is written in the transaction of
// its change and chained by a keyed hash, so that a removed or altered row is detected. It never holds a secret.

export type AuditOutcome = 'SUCCESS' | 'DENIED' | 'FAILURE';

export interface AuditEvent {
  /** Name of the user, or `system` for keyplane itself. */
  readonly actor: string;
  /** `object.verb`, such as `jwk.create`. */
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string | null;
  readonly objectName: string;
  readonly projectName: string | null;
  readonly outcome: AuditOutcome;
  /** Facts beside the name, such as the source type; public values only. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditRecord extends AuditEvent {
  /** 1, 2, 3, … without a gap. */
  readonly sequence: number;
  readonly at: Date;
  /** HMAC-SHA-256 over the mark of the record before it and this one's canonical JSON. */
  readonly hash: Buffer;
}

/** What a record must be; members that are left out may be anything. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly objectType?: string | undefined;
  readonly objectId?: string | undefined;
  readonly objectName?: string | undefined;
  readonly projectName?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
  readonly from?: Date | undefined;
  /** Before it. */
  readonly to?: Date | undefined;
}

export interface AuditPage {
  readonly offset: number;
  readonly limit: number;
  /** The search stops when the page is full; `total` then counts the records that were searched. */
  readonly untilFull?: true;
}

export interface FoundAudit {
  /** Newest first. */
  readonly records: readonly AuditRecord[];
  /** How many match. */
  readonly total: number;
}

export interface AuditStore {
  /**
   * Sequence and mark of the newest record, kept apart from the records so that removal of the newest records is
   * detected. The mark is a keyed hash that no record contains, so the head cannot be reset to an older record. 0 and
   * 32 zero bytes before the first record.
   */
  head(): Promise<{ readonly sequence: number; readonly mark: Buffer }>;
  /** Puts the record and makes it the head. */
  append(record: AuditRecord, mark: Buffer): Promise<void>;
  /** In sequence order, after `afterSequence`. */
  list(afterSequence: number, limit: number): Promise<readonly AuditRecord[]>;
  search(filter: AuditFilter, page: AuditPage): Promise<FoundAudit>;
}

/** What rooms call inside their transaction. */
export interface AuditLog {
  append(stores: { readonly audit: AuditStore }, event: AuditEvent): Promise<void>;
  /** First sequence at which the chain is broken, or undefined when it is whole. */
  verify(stores: { readonly audit: AuditStore }): Promise<{ readonly brokenAt: number } | undefined>;
}
