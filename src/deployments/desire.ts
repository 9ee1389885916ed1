import type { DeployedKind } from '../protocol/content.ts';
import { addDigest, removeDigest } from '../protocol/state-digest.ts';
import type { DesiredStateNouns } from './desired-state-store.ts';

/** What should be (digest of its content) or no longer be (null) on the nodes of one environment. */
export interface DesiredChange {
  readonly environmentId: string;
  readonly kind: DeployedKind;
  readonly objectId: string;
  readonly projectId: string;
  readonly digest: Buffer | null;
}

/** The revision that an environment's nodes must reach for a change to have arrived. */
export interface DeploymentTarget {
  readonly environmentId: string;
  readonly revision: number;
}

/**
 * Writes desired state in the caller's transaction. Each change gets a revision of its own, so that a delta can
 * be cut between any two; what is already so is left alone.
 * Environments are locked in id order: two transactions that touch the same ones can not wait for each other.
 */
export async function desire(
  nouns: DesiredStateNouns,
  changes: readonly DesiredChange[],
): Promise<readonly DeploymentTarget[]> {
  const byEnvironment = new Map<string, DesiredChange[]>();
  for (const change of changes) {
    const list = byEnvironment.get(change.environmentId);
    if (list) list.push(change);
    else byEnvironment.set(change.environmentId, [change]);
  }
  const targets: DeploymentTarget[] = [];
  for (const environmentId of [...byEnvironment.keys()].sort()) {
    const before = await nouns.desired.lockState(environmentId);
    let { revision, digest } = before;
    for (const change of byEnvironment.get(environmentId) ?? []) {
      const { kind, objectId, projectId } = change;
      const previous = await nouns.desired.find(environmentId, kind, objectId);
      const had = previous?.digest ?? null;
      if (had === null ? change.digest === null : change.digest !== null && had.equals(change.digest))
        continue;
      if (had !== null) digest = removeDigest(digest, had);
      if (change.digest !== null) digest = addDigest(digest, change.digest);
      revision += 1;
      await nouns.desired.put({ environmentId, kind, objectId, projectId, revision, digest: change.digest });
    }
    if (revision !== before.revision) await nouns.desired.putState({ environmentId, revision, digest });
    targets.push({ environmentId, revision });
  }
  return targets;
}
