import { type ProjectKind, projectKinds } from '../protocol/content.ts';
import { addDigest, emptyDigest, removeDigest } from '../protocol/state-digest.ts';
import type { CommitMark } from './disk/log-record.ts';
import { digestBytes, type StoredObject } from './stored-object.ts';

export interface EnvironmentIdentity {
  readonly id: string;
  readonly name: string;
}

/** The changes by object key: the stored object, or null for a deleted one. */
export type ObjectChanges = ReadonlyMap<string, StoredObject | null>;

export interface StateStep {
  readonly environment: EnvironmentIdentity;
  readonly revision: number;
  readonly digest: Buffer;
  readonly lineage: string | undefined;
  /** Less than the revision's whole: the manager could not read some objects. */
  readonly incomplete: boolean;
  readonly changes: ObjectChanges;
  /** Everything held before is dropped. */
  readonly reset: boolean;
}

/** A follower of the state, called after each step with the removed and the added objects. */
export interface StateFollower {
  replaced(objects: Iterable<StoredObject>): void;
  changed(removed: readonly StoredObject[], added: readonly StoredObject[]): void;
  /** Resolves once it has done what it does with the last change, or could not. */
  settled?(): Promise<void>;
}

export type ObjectCounts = Readonly<Record<`${ProjectKind}s`, number>>;

/**
 * What the node has, in memory, at one revision of one environment. Moves by whole steps, each already on the disk.
 */
export class NodeState {
  readonly #followers: StateFollower[] = [];
  #objects = new Map<string, StoredObject>();
  /** Those among them that this node remembers as revoked, by the same keys. */
  readonly #revoked = new Map<string, StoredObject>();
  #environment: EnvironmentIdentity | undefined;
  #revision = 0;
  #digest = emptyDigest;
  #lineage: string | undefined;
  #incomplete = false;
  #divergence: string | undefined;
  #lastDivergence: string | undefined;
  #heldBack = false;

  follow(follower: StateFollower): void {
    this.#followers.push(follower);
  }

  /** Everyone who follows has seen what was applied last. */
  async settled(): Promise<void> {
    for (const follower of this.#followers) await follower.settled?.();
  }

  get environment(): EnvironmentIdentity | undefined {
    return this.#environment;
  }

  get revision(): number {
    return this.#revision;
  }

  get digest(): Buffer {
    return this.#digest;
  }

  /** The history that the revision belongs to; undefined when no manager has named it yet. */
  get lineage(): string | undefined {
    return this.#lineage;
  }

  /** A manager without lineages sent the state; the current one has a lineage. */
  adoptLineage(lineage: string): void {
    this.#lineage ??= lineage;
  }

  /** The state is incomplete: the node asks for a snapshot. */
  get incomplete(): boolean {
    return this.#incomplete;
  }

  markIncomplete(): void {
    this.#incomplete = true;
  }

  /** Why this node follows no manager, while that is so. */
  get divergence(): string | undefined {
    return this.#divergence;
  }

  /** @returns whether it is news */
  diverge(reason: string | undefined): boolean {
    this.#divergence = reason;
    if (reason === undefined || reason === this.#lastDivergence) return false;
    this.#lastDivergence = reason;
    return true;
  }

  /** Whether the state in memory has the stated digest. */
  verifyDigest(): boolean {
    let sum: Buffer = emptyDigest;
    for (const object of this.#objects.values()) sum = addDigest(sum, digestBytes(object));
    return sum.equals(this.#digest);
  }

  /** What the sealed copy ends with when all that is held is on the disk. */
  mark(): CommitMark {
    return commitMark({
      environmentName: this.#environment?.name ?? '',
      revision: this.#revision,
      digest: this.#digest.toString('hex'),
      lineage: this.#lineage,
      incomplete: this.#incomplete,
    });
  }

  /** Whether there is a state that may be served; an empty environment has one too. */
  get ready(): boolean {
    return this.#environment !== undefined && !this.#heldBack;
  }

  get objects(): ReadonlyMap<string, StoredObject> {
    return this.#objects;
  }

  /** Keeps what was loaded from being served until the manager confirms that it is the requested environment. */
  holdBack(heldBack: boolean): void {
    if (this.#heldBack === heldBack) return;
    this.#heldBack = heldBack;
    if (!heldBack) for (const follower of this.#followers) follower.replaced(this.#objects.values());
  }

  /** The environment was renamed. */
  rename(name: string): void {
    if (this.#environment) this.#environment = { ...this.#environment, name };
  }

  /** Objects that are no longer used as they were are replaced by what `withdraw` returns for them. */
  withdraw(withdraw: (object: StoredObject) => StoredObject): void {
    const removed: StoredObject[] = [];
    const added: StoredObject[] = [];
    for (const [key, before] of this.#objects) {
      const after = withdraw(before);
      if (after === before) continue;
      this.#put(key, after);
      removed.push(before);
      added.push(after);
    }
    if (removed.length > 0) for (const follower of this.#followers) follower.changed(removed, added);
  }

  apply(step: StateStep): void {
    if (step.reset) {
      this.#objects = new Map();
      this.#revoked.clear();
    }
    const removed: StoredObject[] = [];
    const added: StoredObject[] = [];
    for (const [key, object] of step.changes) {
      const before = this.#objects.get(key);
      if (before) removed.push(before);
      if (object) {
        this.#put(key, object);
        added.push(object);
      } else {
        this.#objects.delete(key);
        this.#revoked.delete(key);
      }
    }
    this.#environment = step.environment;
    this.#revision = step.revision;
    this.#digest = step.digest;
    this.#lineage = step.lineage;
    this.#incomplete = step.incomplete;
    this.#divergence = undefined;
    this.#lastDivergence = undefined;
    this.#heldBack = false;
    for (const follower of this.#followers) {
      if (step.reset) follower.replaced(this.#objects.values());
      else follower.changed(removed, added);
    }
  }

  /** Objects that the manager sent as valid, and that this node remembers as revoked. */
  get revoked(): Iterable<StoredObject> {
    return this.#revoked.values();
  }

  #put(key: string, object: StoredObject): void {
    this.#objects.set(key, object);
    if (object.isRevoked) this.#revoked.set(key, object);
    else this.#revoked.delete(key);
  }

  counts(): ObjectCounts {
    const counts = { jwks: 0, certificates: 0, keys: 0, keystores: 0 };
    for (const { kind } of this.#objects.values()) {
      const counted = projectKinds.find((known) => known === kind);
      if (counted) counts[`${counted}s`] += 1;
    }
    return counts;
  }
}

export function commitMark({
  lineage,
  incomplete,
  ...mark
}: Pick<StateStep, 'lineage' | 'incomplete'> & Omit<CommitMark, 'lineage' | 'incomplete'>): CommitMark {
  return { ...mark, ...(lineage !== undefined && { lineage }), ...(incomplete && { incomplete }) };
}

/** The digest after `key` became `next`, where it was `before`. */
export function digestAfter(
  digest: Buffer,
  before: StoredObject | null | undefined,
  next: StoredObject | null,
): Buffer {
  const without = before ? removeDigest(digest, digestBytes(before)) : digest;
  return next ? addDigest(without, digestBytes(next)) : without;
}
