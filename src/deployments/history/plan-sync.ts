import type { Resume } from '../../protocol/messages.ts';
import type { EnvironmentHead } from '../desired-state-store.ts';

export type SyncPlan =
  /** What changed since its revision. Its digest afterwards proves that it had what this history had. */
  | { readonly start: 'delta' }
  | { readonly start: 'snapshot'; readonly why: SnapshotReason }
  /** It knows a history that this database does not: nothing is sent. */
  | { readonly start: 'reject'; readonly diverged: string };

export type SnapshotReason =
  | 'it has no state of this environment'
  | 'it follows an announced restore'
  | 'what it has is not whole'
  | 'its digest differs'
  | 'it is too far behind'
  | 'it is further behind than everything is large';

/** Tombstones are small, and a delta proves a common history, so it may have this many times the rows of a snapshot. */
const rowsOfSnapshots = 2;

export interface SyncFacts {
  readonly head: EnvironmentHead;
  /** The last revision that this database saw the node confirm; 0 for none. */
  readonly recordedRevision: number;
  /** Rows that a delta from the node's revision has, and that a snapshot has. */
  readonly rows: { readonly delta: number; readonly snapshot: number };
}

/**
 * Decides what a node is sent. A node of the same lineage with a later revision than the database, or another digest at
 * the same revision, has state that the database has lost: an older backup was restored without an announcement. The
 * claims of nodes from before lineages are accepted.
 */
export function planSync(hello: Resume, { head, recordedRevision, rows }: SyncFacts): SyncPlan {
  const { environmentId, revision, digest, compactionRevision, lineage } = head;
  if (hello.environmentId !== environmentId) return snapshot('it has no state of this environment');
  const otherLineage = hello.lineage !== undefined && lineage !== undefined && hello.lineage !== lineage;
  if (hello.revision > revision || (otherLineage && hello.revision === revision)) {
    return { start: 'reject', diverged: `this manager knows revision ${revision} only` };
  }
  if (otherLineage) return snapshot('it follows an announced restore');
  if (hello.incomplete) return snapshot('what it has is not whole');
  if (hello.revision === revision && hello.digest !== digest.toString('hex')) {
    if (hello.lineage === undefined) return snapshot('its digest differs');
    return { start: 'reject', diverged: `this manager knows another revision ${revision}` };
  }
  if (hello.revision < compactionRevision) return snapshot('it is too far behind');
  // Only where this database itself saw it confirm at least so much: of any other node the delta is the proof.
  if (recordedRevision >= hello.revision && rows.delta > rowsOfSnapshots * rows.snapshot) {
    return snapshot('it is further behind than everything is large');
  }
  return { start: 'delta' };
}

function snapshot(why: SnapshotReason): SyncPlan {
  return { start: 'snapshot', why };
}
