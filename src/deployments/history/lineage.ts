// The lineage: a name for the one history that the revisions of this installation count in. A node keeps it beside its
// copy. A database that was restored from a backup lacks a part of its history; it gets a new lineage and revisions
// above all that were ever assigned. A restored database without a new lineage is detected, and no node accepts its
// changes.

import { randomUUID } from 'node:crypto';
import type { EnvironmentStores } from '../../environments/environment-store.ts';
import type { UnitOfWork } from '../../unit-of-work.ts';
import type { DesiredStateStores } from '../desired-state-store.ts';
import { sumOfPresent } from '../put-desired-state.ts';

export interface LineageStores {
  readonly installation: {
    get(key: string): Promise<string | undefined>;
    put(key: string, value: string): Promise<void>;
    getSetting(key: string): Promise<{ readonly value: string; readonly altered?: boolean } | undefined>;
    putSetting(key: string, value: string): Promise<void>;
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
export async function ensureLineage(store: UnitOfWork<LineageStores>): Promise<void> {
  if ((await store.read(({ installation }) => installation.get(lineageKey))) !== undefined) return;
  await store.write(async ({ installation }) => {
    if ((await installation.get(lineageKey)) === undefined) await installation.put(lineageKey, randomUUID());
  });
}

export async function lineageOf({ installation }: LineageStores): Promise<string | undefined> {
  return installation.get(lineageKey);
}

/**
 * What a restore does in its transaction after the rows: a new lineage, and a revision for every environment that is
 * beyond any that a node may have from the lost history. Nodes then get a snapshot and log it. Open streams end, and
 * nodes reconnect under the new lineage.
 */
export async function announceRestore(
  stores: LineageStores & DesiredStateStores & EnvironmentStores,
  now = new Date(),
): Promise<{ readonly lineage: string }> {
  const lineage = randomUUID();
  await stores.installation.put(lineageKey, lineage);
  for (const { id: environmentId } of await stores.environments.list()) {
    // Rows altered outside keyplane are not taken over: the digest is computed from the valid rows, and the revision is
    // derived from the time.
    const head = await stores.desired.head(environmentId);
    const revision = head.altered ? 0 : head.revision;
    const digest = await sumOfPresent(stores.desired, environmentId);
    const nodes = await stores.nodes.list(environmentId);
    const known = nodes.flatMap((node) => [node.appliedRevision, node.divergedRevision ?? 0]);
    const highest = Math.max(revision, ...known);
    const lifted = Math.max(highest + leap, Math.floor(now.getTime() / 1000) * revisionsPerSecond);
    await stores.desired.putStates([{ environmentId, revision: lifted, digest }]);
    // No difference leads over the gap.
    await stores.desired.raiseCompactionRevision(environmentId, lifted);
  }
  return { lineage };
}
