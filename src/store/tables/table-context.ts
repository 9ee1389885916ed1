import type { EnvironmentState, NewJwkKey } from '../../deployments/desired-state-store.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import type { JwkRow } from '../database-schema.ts';
import type { Engine } from '../engine.ts';
import type { StoreKeys } from '../integrity/row-guard.ts';
import { GatheredReads } from './gathered-reads.ts';
import type { PlaceRow } from './place-row.ts';

/** Values that earlier statements of a transaction read or wrote, and that no other transaction changes meanwhile. */
export interface TransactionCache {
  auditHead?: AuditHead | undefined;
  /** Not of transactions within projects: whether there are open audit records. */
  hasOpen?: boolean;
  /** Only of transactions within projects. */
  within?: WithinCache | undefined;
}

/** Of the group of writes within projects that share a transaction. */
export interface WithinCache {
  /** By project. */
  readonly lanes: Map<string, AuditLaneState>;
  /** Of environments that are locked. */
  readonly states: Map<string, EnvironmentState>;
  lineage?: string | undefined;
  /** Looks at the head of the chain and at the end of a project, by project. */
  readonly ends: Map<string, Promise<AuditHead>>;
  readonly places: GatheredReads<NewJwkKey, readonly PlaceRow[]>;
  /** What its writes inserted; they delete none. */
  readonly inserted: InsertedJwk[];
  /** The open audit records of the transaction have this one and their positions. */
  ticket?: Promise<number>;
  nextPosition: number;
}

export type AuditHead = { readonly sequence: number; readonly mark: Buffer };

export type InsertedJwk = Pick<JwkRow, 'id' | 'project_id' | 'name' | 'kid' | 'type'>;

export interface AuditLaneState {
  readonly number: number;
  /** Undefined before the first record. */
  readonly mac: Buffer | undefined;
}

export function withinOf(cache: TransactionCache): WithinCache {
  cache.within ??= {
    lanes: new Map(),
    states: new Map(),
    ends: new Map(),
    places: new GatheredReads(),
    inserted: [],
    nextPosition: 1,
  };
  return cache.within;
}

/** A write within one project, in a group of such writes. */
export interface WithinTurn {
  /** Undefined for one that decides about no project. */
  readonly projectId: string | undefined;
  /** It puts open audit records into the chain, and nothing else. */
  readonly closes?: boolean;
  /**
   * Resolves when the writes before it in the group have come as far as they go without a lock. Until then only
   * statements that stand alone are sent.
   */
  readonly begins?: Promise<void>;
  /**
   * Resolves when every write of the group has called it or has ended; then they go on one after another. What writes of
   * other projects could wait for is locked only then.
   * @returns the environments of all writes of the group
   */
  lockTogether(environmentIds: readonly string[]): Promise<readonly string[]>;
}

/** What a table knows of its transaction. */
export interface TableContext {
  /** Shared by the callbacks of one transaction; restored when one of them fails. */
  readonly cache: TransactionCache;
  /** Notifies the other managers when the transaction commits. */
  readonly notify: (topic: WakeTopic) => void;
  readonly engine: Pick<Engine, 'isShared' | 'nowMs'>;
  readonly keys: StoreKeys;
  /** Undefined where the transaction excludes all other writes, or only reads. */
  readonly turn?: WithinTurn | undefined;
  /** Excludes all other writes, so it puts open audit records into the chain before it appends or refers to it. */
  readonly isExclusive?: boolean;
}
