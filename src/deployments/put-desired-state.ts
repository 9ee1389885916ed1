import { KeyplaneError } from '../errors.ts';
import type { DeployedContent } from '../protocol/content.ts';
import { addDigest, contentDigest, emptyDigest, removeDigest } from '../protocol/state-digest.ts';
import { CommittedSteps, StepDraft } from './committed-step.ts';
import type {
  DesiredKey,
  DesiredObject,
  DesiredStateStore,
  DesiredStateStores,
  EnvironmentState,
  LockedState,
} from './desired-state-store.ts';

/** What should be (digest of its content) or no longer be (null) on the nodes of one environment. */
export interface DesiredChange extends DesiredKey {
  readonly projectId: string;
  readonly digest: Buffer | null;
  /** What has that digest, where the rule has it: connected nodes are then sent it from memory. */
  readonly content?: DeployedContent;
  /** It is another one for verifiers (a JWK under another kid), so it counts as there only from now on. */
  readonly startsAgain?: boolean;
  /** Of what comes at once with others: the revision that all of them count from. Otherwise each counts from its own. */
  readonly sinceRevision?: number;
}

/** The content of an object and its digest, of which neither is anything without the other. */
export function desiredContent(
  content: DeployedContent,
): Pick<DesiredChange, 'digest'> & { readonly content: DeployedContent } {
  return { digest: contentDigest(content), content };
}

/** The revision that an environment's nodes must reach for a change to have arrived. */
export interface DeploymentTarget {
  readonly environmentId: string;
  readonly revision: number;
  /** What brings them there, as far as the rule has it. It means nothing before its transaction is committed. */
  readonly steps?: CommittedSteps;
}

/** Rows that one statement reads or writes; more would block the event loop. */
const changesPerStep = 256;

/**
 * Writes desired state in the caller's transaction. Each change gets its own revision, so that a delta can be cut
 * between any two; an unchanged object gets none. Environments are locked in id order, so that two transactions cannot
 * deadlock.
 */
export async function putDesiredState(
  { desired }: DesiredStateStores,
  changes: readonly DesiredChange[],
): Promise<readonly DeploymentTarget[]> {
  const steps = [...inSteps(changes)];
  const environmentIds = [...new Set(changes.map(({ environmentId }) => environmentId))].sort();
  // Sent together: a remote database answers both in one round trip.
  const [states, firstFound] = await Promise.all([
    desired.lockStates(environmentIds),
    desired.findMany(steps[0] ?? []),
  ]);
  const now = new Map<string, EnvironmentState>(states.map((state) => [state.environmentId, state]));
  const drafts = new Map(states.map((state) => [state.environmentId, draftOf(state)]));
  for (const [index, step] of steps.entries()) {
    const found = index === 0 ? firstFound : await desired.findMany(step);
    const counted = await countedIn(desired, found, now);
    await desired.putMany(movedBy(step, { now, drafts, found: counted }));
  }
  const moved = [...now.values()].filter((state, index) => state !== states[index]);
  if (moved.length > 0) await desired.putStates(moved);
  return targetsOf(now, drafts);
}

/**
 * The same for an object that was made in this transaction, so that no environment can have it yet.
 * @param reached as `lockJwkPlace` returned it, of every environment that is to have it
 */
export async function putNewObject(
  { desired }: DesiredStateStores,
  reached: readonly LockedState[],
  object: Omit<DesiredChange, 'environmentId'>,
): Promise<readonly DeploymentTarget[]> {
  if (reached.length === 0) return [];
  const states = await desired.whenLocked(reached);
  const now = new Map<string, EnvironmentState>(states.map((state) => [state.environmentId, state]));
  const drafts = new Map(states.map((state) => [state.environmentId, draftOf(state)]));
  const changes = states.map(({ environmentId }) => ({ ...object, environmentId }));
  await desired.putMany(movedBy(changes, { now, drafts, found: [] }));
  await desired.putStates([...now.values()]);
  return targetsOf(now, drafts);
}

function targetsOf(
  now: ReadonlyMap<string, EnvironmentState>,
  drafts: ReadonlyMap<string, StepDraft>,
): readonly DeploymentTarget[] {
  return [...now.values()].map((state) => {
    const { environmentId, revision } = state;
    const steps = drafts.get(environmentId)?.finish(state);
    return steps ? { environmentId, revision, steps } : { environmentId, revision };
  });
}

function draftOf({ revision, lineage }: LockedState): StepDraft {
  return new StepDraft(revision, lineage);
}

/**
 * Leaves out rows altered outside keyplane, which the environment's digest does not count: they can be overwritten and
 * removed like missing ones. If the digest differs from the sum of the valid rows, one of those was altered or rolled
 * back, and nothing based on the digest would be true.
 * @throws KeyplaneError `unavailable`
 */
async function countedIn(
  desired: DesiredStateStore,
  found: readonly DesiredObject[],
  now: ReadonlyMap<string, EnvironmentState>,
): Promise<readonly DesiredObject[]> {
  const altered = found.filter((object) => object.altered);
  for (const environmentId of new Set(altered.map((object) => object.environmentId))) {
    const sum = await sumOfPresent(desired, environmentId);
    if (now.get(environmentId)?.digest.equals(sum)) continue;
    throw new KeyplaneError(
      'unavailable',
      'What is deployed to an environment was altered in the database outside keyplane, and cannot be changed until an operator has examined it (keyplane doctor)!',
      { reason: 'ALTERED_IN_DATABASE' },
    );
  }
  return altered.length === 0 ? found : found.filter((object) => !object.altered);
}

/** Of the rows that carry a right MAC. */
export async function sumOfPresent(
  desired: Pick<DesiredStateStore, 'present'>,
  environmentId: string,
): Promise<Buffer> {
  let sum: Buffer = emptyDigest;
  for (let after = 0; ; ) {
    const page = await desired.present(environmentId, after, changesPerStep);
    for (const { digest, altered } of page) if (digest !== null && !altered) sum = addDigest(sum, digest);
    const last = page.at(-1);
    if (!last || page.length < changesPerStep) return sum;
    after = last.revision;
  }
}

function* inSteps(changes: readonly DesiredChange[]): Generator<readonly DesiredChange[]> {
  for (let from = 0; from < changes.length; from += changesPerStep) {
    yield changes.slice(from, from + changesPerStep);
  }
}

/** The rows that are otherwise after these changes; moves `now` along. */
function movedBy(
  changes: readonly DesiredChange[],
  {
    now,
    drafts,
    found,
  }: {
    readonly now: Map<string, EnvironmentState>;
    readonly drafts: ReadonlyMap<string, StepDraft>;
    readonly found: readonly DesiredObject[];
  },
): readonly DesiredObject[] {
  const had = new Map(found.map((object) => [keyOf(object), object]));
  const moved = new Map<string, DesiredObject>();
  for (const change of changes) {
    const { environmentId, kind, objectId, projectId, digest } = change;
    const key = keyOf(change);
    const before = had.get(key);
    const previous = before?.digest ?? null;
    const state = now.get(environmentId);
    if (state === undefined || isSame(previous, digest)) continue;
    let sum = state.digest;
    if (previous !== null) sum = removeDigest(sum, previous);
    if (digest !== null) sum = addDigest(sum, digest);
    const revision = state.revision + 1;
    now.set(environmentId, { environmentId, revision, digest: sum });
    const stays = before !== undefined && previous !== null && change.startsAgain !== true;
    const sinceRevision = stays ? before.sinceRevision : (change.sinceRevision ?? revision);
    const after = { environmentId, kind, objectId, projectId, revision, digest, sinceRevision };
    had.set(key, after);
    moved.set(key, after);
    drafts.get(environmentId)?.add(after, change.content);
  }
  return [...moved.values()];
}

function isSame(one: Buffer | null, other: Buffer | null): boolean {
  return one === null || other === null ? one === other : one.equals(other);
}

function keyOf({ environmentId, kind, objectId }: DesiredKey): string {
  return `${environmentId}/${kind}/${objectId}`;
}

/** One target an environment: the latest revision that any of them requires, and the steps of all. */
export function mergeTargets(targets: readonly DeploymentTarget[]): readonly DeploymentTarget[] {
  return [...Map.groupBy(targets, ({ environmentId }) => environmentId)].map(([environmentId, own]) => {
    const revision = Math.max(...own.map((target) => target.revision));
    const parts = own.flatMap(({ steps }) => steps ?? []);
    return parts.length === 0
      ? { environmentId, revision }
      : { environmentId, revision, steps: new CommittedSteps(parts) };
  });
}
