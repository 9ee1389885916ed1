// The lineage: a name for the one history that the revisions of this installation count in. A node keeps it beside its
// copy. A database that was restored from a backup has forgotten a part of its history; it says so by a new lineage
// and revisions beyond all that were ever given out. One that does not say so is noticed, and no node follows it.

import { randomUUID } from 'node:crypto';
import type { EnvironmentNouns } from '../../environments/environment-store.ts';
import type { UnitOfWork } from '../../unit-of-work.ts';
import { sumOfPresent } from '../desire.ts';
import type { DesiredStateNouns } from '../desired-state-store.ts';

export interface LineageNouns {
  readonly installation: {
    get(key: string): Promise<string | undefined>;
    put(key: string, value: string): Promise<void>;
  };
}

const lineageKey = 'lineage';
/** More changes than an environment sees between a backup and its restore. */
const leap = 2 ** 32;
/**
 * So that one backup restored twice rises twice: what was given out after the first restore is below the second. Room
 * for a million changes a second; within safe integers until the year 2242.
 */
const revisionsPerSecond = 2 ** 20;

/** At each start of a manager: an installation from before there were lineages, or a new one, gets its own. */
export async function ensureLineage(store: UnitOfWork<LineageNouns>): Promise<void> {
  if ((await store.read(({ installation }) => installation.get(lineageKey))) !== undefined) return;
  await store.write(async ({ installation }) => {
    if ((await installation.get(lineageKey)) === undefined) await installation.put(lineageKey, randomUUID());
  });
}

export async function lineageOf({ installation }: LineageNouns): Promise<string | undefined> {
  return installation.get(lineageKey);
}

/**
 * What a restore does in its own transaction, once the rows are there: a new lineage, and every environment far beyond
 * any revision that a node may have from the history that is lost. Nodes then take everything anew, and say so in
 * their logs. Streams that are open end, and are dialed anew under the new lineage.
 */
export async function announceRestore(
  nouns: LineageNouns & DesiredStateNouns & EnvironmentNouns,
  now = new Date(),
): Promise<{ readonly lineage: string }> {
  const lineage = randomUUID();
  await nouns.installation.put(lineageKey, lineage);
  for (const { id: environmentId } of await nouns.environments.list()) {
    // What was written past keyplane is not taken over: the digest is counted from the rows, and time lifts the revision.
    const standing = await nouns.desired.standing(environmentId);
    const revision = standing.altered ? 0 : standing.revision;
    const digest = await sumOfPresent(nouns.desired, environmentId);
    const nodes = await nouns.nodes.list(environmentId);
    const known = nodes.flatMap((node) => [node.appliedRevision, node.divergedRevision ?? 0]);
    const highest = Math.max(revision, ...known);
    const lifted = Math.max(highest + leap, Math.floor(now.getTime() / 1000) * revisionsPerSecond);
    await nouns.desired.putStates([{ environmentId, revision: lifted, digest }]);
    // No difference leads over the gap.
    await nouns.desired.raiseFloor(environmentId, lifted);
  }
  return { lineage };
}
