import type { DeployedKind } from '../protocol/content.ts';
import { addDigest, removeDigest } from '../protocol/state-digest.ts';
import type { DesiredStateNouns, EnvironmentState } from './desired-state-store.ts';

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
  const environmentIds = [...byEnvironment.keys()].sort();
  const targets: DeploymentTarget[] = [];
  for (const some of inSteps(environmentIds)) {
    const states = await Promise.all(some.map((environmentId) => nouns.desired.lockState(environmentId)));
    targets.push(
      ...(await Promise.all(
        states.map((state) => desireInOne(nouns, state, byEnvironment.get(state.environmentId) ?? [])),
      )),
    );
  }
  return targets;
}

/** So many questions are asked together: a database that is away answers them in the time of one answer. */
const asked = 64;

function* inSteps<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += asked) yield items.slice(from, from + asked);
}

async function desireInOne(
  nouns: DesiredStateNouns,
  before: EnvironmentState,
  changes: readonly DesiredChange[],
): Promise<DeploymentTarget> {
  const { environmentId } = before;
  let { revision, digest } = before;
  for (const some of inSteps(changes)) {
    const found = await Promise.all(
      some.map(({ kind, objectId }) => nouns.desired.find(environmentId, kind, objectId)),
    );
    const had = new Map<string, Buffer | null>();
    for (const object of found) if (object) had.set(keyOf(object), object.digest);
    for (const change of some) {
      const { kind, objectId, projectId } = change;
      const previous = had.get(keyOf(change)) ?? null;
      if (
        previous === null ? change.digest === null : change.digest !== null && previous.equals(change.digest)
      )
        continue;
      if (previous !== null) digest = removeDigest(digest, previous);
      if (change.digest !== null) digest = addDigest(digest, change.digest);
      revision += 1;
      had.set(keyOf(change), change.digest);
      await nouns.desired.put({ environmentId, kind, objectId, projectId, revision, digest: change.digest });
    }
  }
  if (revision !== before.revision) await nouns.desired.putState({ environmentId, revision, digest });
  return { environmentId, revision };
}

function keyOf({ kind, objectId }: Pick<DesiredChange, 'kind' | 'objectId'>): string {
  return `${kind}/${objectId}`;
}
