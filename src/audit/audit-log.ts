// The append-only record: who did what to which object with which outcome. A record is written in the transaction of
// its change and chained by a keyed hash, so that a removed or altered row is detected. It never holds a secret.
// A transaction that does not exclude all others cannot chain its record. It writes an open one, which is put into the
// chain within a second and before anyone reads the log (ADR 22).

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
  /** Of a record that was open before. */
  readonly lane?: AuditLane | undefined;
}

/** Which of the records of a project it is that were open: 1, 2, 3, … without a gap. */
export interface AuditLane {
  /** The id of the project. */
  readonly id: string;
  readonly number: number;
}

/** Committed with its change, and not in the chain yet. */
export interface OpenAuditRecord extends AuditEvent {
  readonly at: Date;
  readonly lane: AuditLane;
  /** Open records are chained in the order of their tickets, and those of one ticket in that of their positions. */
  readonly ticket: number;
  readonly position: number;
  /** Covers all of it. */
  readonly mac: Buffer;
}

/** How many open records a project has ever had, under a MAC, so that the removal of the newest is detected. */
export interface AuditLaneEnd extends AuditLane {
  readonly mac: Buffer;
}

/** Where the next open record of a transaction goes. */
export interface NextOpen {
  readonly ticket: number;
  readonly position: number;
  /** The number is 0 before the first record of the project. */
  readonly end: AuditLane & { readonly mac: Buffer | undefined };
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

export interface AuditRecordPage {
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
  /** The same for several, in order. */
  appendAll(records: readonly AuditRecord[], mark: Buffer): Promise<void>;
  /** Undefined where the transaction chains its records itself. */
  nextOpen(): Promise<NextOpen | undefined>;
  putOpen(record: OpenAuditRecord, end: AuditLaneEnd): Promise<void>;
  /** An open record cannot be made in this transaction: it runs again, exclusively. */
  refuseOpen(why: string): never;
  /** In the order in which they go into the chain. */
  listOpen(limit: number): Promise<readonly OpenAuditRecord[]>;
  countOpen(): Promise<number>;
  /** After they were put into the chain. */
  removeOpen(records: readonly OpenAuditRecord[]): Promise<void>;
  laneEnds(): Promise<readonly AuditLaneEnd[]>;
  /** In sequence order, after `afterSequence`. */
  list(afterSequence: number, limit: number): Promise<readonly AuditRecord[]>;
  search(filter: AuditFilter, page: AuditRecordPage): Promise<FoundAudit>;
  /** Records in the chain that are about one of the objects and have one of the actions, oldest first. */
  ofObjects(objectIds: readonly string[], actions: readonly string[]): Promise<readonly AuditRecord[]>;
}

/** What rooms call inside their transaction. */
export interface AuditLog {
  append(stores: { readonly audit: AuditStore }, event: AuditEvent): Promise<void>;
  /** Puts all open records into the chain. Only in a transaction in which no other one does. */
  close(stores: { readonly audit: AuditStore }): Promise<void>;
  /** First sequence at which the chain is broken, or undefined when it is whole. */
  verify(stores: { readonly audit: AuditStore }): Promise<{ readonly brokenAt: number } | undefined>;
}
