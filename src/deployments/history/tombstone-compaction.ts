import type { DesiredStateStores } from '../desired-state-store.ts';

/**
 * Tombstones are kept for this many revisions of their environment. A node that missed fewer changes gets a delta; one
 * that missed more gets a snapshot. A row is about 100 bytes, so this costs an environment at most a megabyte and
 * covers days of a busy one.
 */
const keptRevisions = 10_000;

/**
 * Deletes tombstones that no delta needs and raises the compaction revision in one transaction, so a reader sees both
 * or neither. Several managers may do it at once.
 */
export const tombstoneCompaction = Object.freeze({
  /** Deleting this many takes some milliseconds. */
  limit: 500,
  async prune({ desired }: DesiredStateStores, limit: number): Promise<number> {
    let removed = 0;
    for (const { environmentId, revision } of await desired.states()) {
      if (removed >= limit) break;
      const { compactionRevision } = await desired.head(environmentId);
      const floor = Math.max(revision - keptRevisions, compactionRevision);
      const here = await desired.deleteTombstones(environmentId, floor, limit - removed);
      if (here > 0) await desired.raiseCompactionRevision(environmentId, floor);
      removed += here;
    }
    return removed;
  },
});
