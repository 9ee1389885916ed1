import type { DesiredStateNouns } from '../desired-state-store.ts';

/**
 * Rows of gone objects are kept for so many revisions of their environment. A node that was away for fewer changes
 * is told what went; one that was away for longer is given everything. A row is about 100 bytes, so this costs an
 * environment a megabyte at the most, and is days of a busy one.
 */
const keptRevisions = 10_000;

/**
 * Removes rows that nobody is told of any more, and raises the floor with them, in one transaction: who reads the one
 * knows the other. Several managers may do it at once.
 */
export const goneRows = Object.freeze({
  /** A transaction that removes so many is over in some milliseconds. */
  limit: 500,
  async prune({ desired }: DesiredStateNouns, limit: number): Promise<number> {
    let removed = 0;
    for (const { environmentId, revision } of await desired.states()) {
      if (removed >= limit) break;
      const { floorRevision } = await desired.standing(environmentId);
      const floor = Math.max(revision - keptRevisions, floorRevision);
      const here = await desired.deleteGone(environmentId, floor, limit - removed);
      if (here > 0) await desired.raiseFloor(environmentId, floor);
      removed += here;
    }
    return removed;
  },
});
