import type { Change, DeployedContent, DeployedKind } from '../protocol/content.ts';
import { contentDigest } from '../protocol/state-digest.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { ContentReader } from './content-reader.ts';
import type { DesiredObject, DesiredStateNouns } from './desired-state-store.ts';

/** One `state` message before it is sealed for a connection. */
export interface StatePart {
  readonly from: number;
  readonly to: number;
  readonly final: boolean;
  readonly digest: string | null;
  readonly changes: string;
  /** What it speaks of. */
  readonly objects: readonly ObjectKey[];
  /** Of these, the ones whose content can not be read, with the digests that `digest` counts them by. */
  readonly unreadable: ReadonlyMap<ObjectKey, Buffer>;
}

export type ObjectKey = `${DeployedKind}/${string}`;

/** Rows a message carries at the most: about half a megabyte of RSA keys. */
const rowsPerPart = 256;
/** Parts kept for other nodes at the same revision; a fan-out to 1,000 nodes reads the database once. */
const keptParts = 16;
/** They hold private members in the clear, so they are not kept for longer than a fan-out takes. */
const keptMs = 2_000;

export interface StatePartReader {
  /**
   * The next step from revision `after`, or undefined when there is none. A node that starts from nothing takes
   * the same steps from 0: what went away while its steps were read is among them, so it ends up right.
   */
  next(environmentId: string, after: number): Promise<StatePart | undefined>;
}

export interface UnreadableObject {
  readonly environmentId: string;
  readonly kind: DeployedKind;
  readonly objectId: string;
}

/**
 * Makes state messages out of desired state. Every part is read in one transaction, so that what it carries is
 * what its revision says. An object that can not be read, or no longer has the digest it was desired with, is
 * reported and left out; what else changed still arrives.
 */
export function createStatePartReader<Nouns extends DesiredStateNouns>(options: {
  readonly store: UnitOfWork<Nouns>;
  readonly readers: readonly ContentReader<Nouns>[];
  readonly onUnreadable: (object: UnreadableObject) => void;
}): StatePartReader {
  const kept = new Map<
    string,
    { readonly revision: number; readonly part: Promise<StatePart | undefined> }
  >();

  async function read(nouns: Nouns, environmentId: string, after: number): Promise<StatePart | undefined> {
    const state = await nouns.desired.state(environmentId);
    const rows = await nouns.desired.changedSince(environmentId, after, rowsPerPart);
    const last = rows.at(-1);
    if (!last && after > 0) return undefined;
    const to = last?.revision ?? state.revision;
    const final = to === state.revision;
    const digest = final ? state.digest.toString('hex') : null;
    const { changes, unreadable } = await changesOf(nouns, environmentId, rows);
    const objects = rows.map(objectKey);
    return { from: after, to, final, digest, changes: JSON.stringify(changes), objects, unreadable };
  }

  async function changesOf(nouns: Nouns, environmentId: string, rows: readonly DesiredObject[]) {
    const contents = new Map<string, DeployedContent>();
    for (const reader of options.readers) {
      const ids = rows.filter((row) => row.kind === reader.kind && row.digest).map((row) => row.objectId);
      const read = (some: readonly string[]) => reader.read(nouns, environmentId, some);
      for (const content of await readableOf(ids, read)) contents.set(content.id, content);
    }
    const changes: Change[] = [];
    const unreadable = new Map<ObjectKey, Buffer>();
    for (const row of rows) {
      const { revision, kind, objectId, digest } = row;
      const content = contents.get(objectId);
      if (digest === null) changes.push({ revision, gone: { kind, id: objectId } });
      else if (content && isAsDesired(content, digest)) changes.push({ revision, put: content });
      else unreadable.set(objectKey(row), digest);
    }
    return { changes, unreadable };
  }

  async function readAndReport(environmentId: string, after: number): Promise<StatePart | undefined> {
    const part = await options.store.read((nouns) => read(nouns, environmentId, after));
    // Only now: had the database failed, everything would have looked unreadable.
    for (const key of part?.unreadable.keys() ?? []) {
      const [kind, objectId = ''] = key.split('/') as [DeployedKind, string];
      options.onUnreadable({ environmentId, kind, objectId });
    }
    return part;
  }

  return {
    async next(environmentId, after) {
      const { revision } = await options.store.read((nouns) => nouns.desired.state(environmentId));
      const key = `${environmentId} ${after}`;
      const known = kept.get(key);
      if (known?.revision === revision) return known.part;
      const part = readAndReport(environmentId, after);
      const entry = { revision, part };
      kept.set(key, entry);
      const forget = () => kept.get(key) === entry && kept.delete(key);
      part.catch(forget);
      setTimeout(forget, keptMs).unref();
      for (const oldest of kept.keys()) {
        if (kept.size <= keptParts) break;
        kept.delete(oldest);
      }
      return part;
    },
  };
}

function objectKey({ kind, objectId }: DesiredObject): ObjectKey {
  return `${kind}/${objectId}`;
}

/** A seal that does not open any more costs its own object, not those that are read beside it. */
async function readableOf(
  ids: readonly string[],
  read: (ids: readonly string[]) => Promise<readonly DeployedContent[]>,
): Promise<readonly DeployedContent[]> {
  if (ids.length === 0) return [];
  try {
    return await read(ids);
  } catch {
    if (ids.length === 1) return [];
    const half = Math.ceil(ids.length / 2);
    return [...(await readableOf(ids.slice(0, half), read)), ...(await readableOf(ids.slice(half), read))];
  }
}

function isAsDesired(content: DeployedContent, digest: Buffer): boolean {
  try {
    return contentDigest(content).equals(digest);
  } catch {
    return false;
  }
}
