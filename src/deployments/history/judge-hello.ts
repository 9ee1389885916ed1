import type { Resume } from '../../protocol/messages.ts';
import type { EnvironmentStanding } from '../desired-state-store.ts';

export type HelloVerdict =
  /** What changed since its revision. Its digest afterwards proves that it had what this history had. */
  | { readonly start: 'difference' }
  | { readonly start: 'snapshot'; readonly why: SnapshotReason }
  /** It knows a history that this database does not: nothing is sent. */
  | { readonly start: 'nothing'; readonly diverged: string };

export type SnapshotReason =
  | 'it has no state of this environment'
  | 'it follows an announced restore'
  | 'what it has is not whole'
  | 'its digest differs'
  | 'it is too far behind'
  | 'it is further behind than everything is large';

/** Rows of gone objects are small, and a difference is proof of a common history: it may have so many times the rows. */
const rowsOfSnapshots = 2;

export interface HelloFacts {
  readonly standing: EnvironmentStanding;
  /** The last revision that this database saw the node confirm; 0 for none. */
  readonly recordedRevision: number;
  /** Rows that a difference from the node's revision has, and that a snapshot has. */
  readonly rows: { readonly difference: number; readonly snapshot: number };
}

/**
 * From where a node is told. A node of the same lineage that has a later revision than the database, or another digest
 * at the same one, was told things that the database has forgotten: somebody restored it from an older backup and did
 * not say so. Nodes of before there were lineages are taken at their word, as they always were.
 */
export function judgeHello(hello: Resume, { standing, recordedRevision, rows }: HelloFacts): HelloVerdict {
  const { environmentId, revision, digest, floorRevision, lineage } = standing;
  if (hello.environmentId !== environmentId) return snapshot('it has no state of this environment');
  const otherLineage = hello.lineage !== undefined && lineage !== undefined && hello.lineage !== lineage;
  if (hello.revision > revision || (otherLineage && hello.revision === revision)) {
    return { start: 'nothing', diverged: `this manager knows revision ${revision} only` };
  }
  if (otherLineage) return snapshot('it follows an announced restore');
  if (hello.incomplete) return snapshot('what it has is not whole');
  if (hello.revision === revision && hello.digest !== digest.toString('hex')) {
    if (hello.lineage === undefined) return snapshot('its digest differs');
    return { start: 'nothing', diverged: `this manager knows another revision ${revision}` };
  }
  if (hello.revision < floorRevision) return snapshot('it is too far behind');
  // Only where this database itself saw it confirm at least so much: of any other node the difference is the proof.
  if (recordedRevision >= hello.revision && rows.difference > rowsOfSnapshots * rows.snapshot) {
    return snapshot('it is further behind than everything is large');
  }
  return { start: 'difference' };
}

function snapshot(why: SnapshotReason): HelloVerdict {
  return { start: 'snapshot', why };
}
