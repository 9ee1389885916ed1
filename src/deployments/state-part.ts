import type { Change, DeployedContent, DeployedKind } from '../protocol/content.ts';
import { contentDigest } from '../protocol/state-digest.ts';
import type { ContentReader } from './content-reader.ts';
import type { DesiredObject, DesiredStateNouns } from './desired-state-store.ts';
import { publicPart } from './public-part.ts';

/** From where a node is to be told. */
export interface StatePosition {
  /** Rows above this revision are what it lacks. */
  readonly after: number;
  /**
   * A difference tells of every object that is gone (0). A snapshot, which starts from nothing, tells only of those
   * that went since it began: one that it may have carried is then no ghost. 'now' begins a snapshot.
   */
  readonly goneAbove: number | 'now';
}

/** One `state` message before it is sealed for a connection. */
export interface StatePart {
  readonly from: number;
  /** Of the position that it was asked for; for one that began a snapshot, the revision of that moment. */
  readonly goneAbove: number;
  readonly to: number;
  /** Of the history that `to` counts in. */
  readonly lineage: string | undefined;
  readonly final: boolean;
  readonly digest: string | null;
  readonly changes: string;
  /** The same for a node that is given public parts only. */
  readonly publicChanges: () => string;
  /** What it speaks of. */
  readonly objects: readonly ObjectKey[];
  /**
   * Of these, the ones that are left out, with the digests that `digest` counts them by; null for a row that was written
   * past keyplane, of which it counts none.
   */
  readonly leftOut: ReadonlyMap<ObjectKey, Buffer | null>;
}

export type ObjectKey = `${DeployedKind}/${string}`;

/** The environment's state was written past keyplane: nothing is told from it. */
export const alteredState = 'altered state';

/** What can not be told any more from this position: rows of gone objects that it needs are deleted. */
export const tooFarBehind = 'too far behind';

/** Rows a message carries at the most. */
const rowsPerPart = 128;
/**
 * A message that has so much takes no further step: what a node makes of it on the way is then garbage before its
 * young generation is full, and does not stay with its process.
 */
const charactersWanted = 64 * 1024;
/** Rows whose contents are read at once: the largest keystores among them still fit into memory. */
const rowsPerStep = 16;
/** Beyond this it takes no further row of a step either. With the largest keystore on top it stays below a node's limit. */
const charactersPerPart = 16 * 1024 * 1024;

/**
 * What changed in an environment after a revision, as far as one message carries. Read in one transaction, so that
 * what it carries is what its revision says. Parts of one difference or snapshot are read at different times: a row
 * that changes meanwhile moves to a later revision and so into a later part, and so does one that goes. That holds
 * only while no row above `after` and `goneAbove` was deleted, which the floor tells.
 */
export async function readStatePart<Nouns extends DesiredStateNouns>(
  nouns: Nouns,
  readers: readonly ContentReader<Nouns>[],
  { environmentId, after, ...position }: StatePosition & { readonly environmentId: string },
): Promise<StatePart | typeof tooFarBehind | typeof alteredState | undefined> {
  const state = await nouns.desired.standing(environmentId);
  if (state.altered) return alteredState;
  if (after > 0 && after >= state.revision) return undefined;
  const goneAbove = position.goneAbove === 'now' ? state.revision : position.goneAbove;
  if (state.floorRevision > Math.max(after, goneAbove)) return tooFarBehind;
  const rows = await nouns.desired.rowsAfter(environmentId, {
    afterRevision: after,
    goneAboveRevision: goneAbove,
    limit: rowsPerPart,
  });
  const leftOut = new Map<ObjectKey, Buffer | null>();
  const texts: string[] = [];
  const told: Told[] = [];
  const taken: DesiredObject[] = [];
  for (let size = 0; taken.length < rows.length && size < charactersWanted; ) {
    const step = rows.slice(taken.length, taken.length + rowsPerStep);
    for (const row of await withContent(nouns, readers, { environmentId, rows: step })) {
      if (size >= charactersPerPart) break;
      taken.push(row.object);
      if ('counted' in row) {
        leftOut.set(objectKey(row.object), row.counted);
        continue;
      }
      const text = JSON.stringify(row.change);
      texts.push(text);
      told.push(row);
      size += text.length;
    }
  }
  // The last row may be below the environment's revision: what came after it is gone, and told of no more.
  const exhausted = rows.length < rowsPerPart && taken.length === rows.length;
  const to = exhausted ? state.revision : (taken.at(-1)?.revision ?? state.revision);
  const final = to === state.revision;
  const digest = final ? state.digest.toString('hex') : null;
  const changes = `[${texts.join(',')}]`;
  const publicChanges = once(() => JSON.stringify(told.map(publicChange)));
  const objects = taken.map(objectKey);
  const { lineage } = state;
  return { from: after, goneAbove, to, lineage, final, digest, changes, publicChanges, objects, leftOut };
}

interface Told {
  readonly object: DesiredObject;
  readonly change: Change;
}

function publicChange({ object: { digest }, change }: Told): Change {
  if (!('put' in change) || digest === null) return change;
  return { ...change, put: publicPart(change.put, digest) };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

type RowWithContent =
  | Told
  /** It cannot be read, no longer has the digest it was desired with, or its row was written past keyplane. */
  | { readonly object: DesiredObject; readonly counted: Buffer | null };

async function withContent<Nouns>(
  nouns: Nouns,
  readers: readonly ContentReader<Nouns>[],
  { environmentId, rows }: { readonly environmentId: string; readonly rows: readonly DesiredObject[] },
): Promise<readonly RowWithContent[]> {
  const contents = new Map<string, DeployedContent>();
  for (const reader of readers) {
    const wanted = rows.filter((row) => row.kind === reader.kind && (row.digest || row.altered));
    const ids = wanted.map((row) => row.objectId);
    const read = (some: readonly string[]) => reader.read(nouns, environmentId, some);
    for (const content of await readableOf(ids, read)) contents.set(`${content.kind}/${content.id}`, content);
  }
  return rows.map((object) => {
    const { revision, kind, objectId, digest, altered, sinceRevision } = object;
    const put = contents.get(`${kind}/${objectId}`);
    // What the row said before is not known; where the object is as it was, its content is what the digest counts.
    if (altered) return { object, counted: put ? digestOf(put) : null };
    if (digest === null) return { object, change: { revision, gone: { kind, id: objectId } } };
    if (!put || !digestOf(put)?.equals(digest)) return { object, counted: digest };
    const change = sinceRevision === null ? { revision, put } : { revision, put, since: sinceRevision };
    return { object, change };
  });
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

function digestOf(content: DeployedContent): Buffer | null {
  try {
    return contentDigest(content);
  } catch {
    return null;
  }
}
