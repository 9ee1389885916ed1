import type { Change, DeployedContent, DeployedKind } from '../protocol/content.ts';
import { contentDigest } from '../protocol/state-digest.ts';
import type { ContentReader } from './content-reader.ts';
import type { DesiredObject, DesiredStateStores } from './desired-state-store.ts';
import { publicPart } from './public-part.ts';

/** Where the next message for a node starts. */
export interface StatePosition {
  /** Rows above this revision are what it lacks. */
  readonly after: number;
  /**
   * A delta contains every tombstone (0). A snapshot, which starts from nothing, contains only tombstones since it
   * began, for objects that an earlier page of it may have carried. 'now' begins a snapshot.
   */
  readonly tombstonesAbove: number | 'now';
}

/** One `state` message before it is sealed for a connection. */
export interface StatePage {
  readonly from: number;
  /** Of the position that it was asked for; for one that began a snapshot, the revision of that moment. */
  readonly tombstonesAbove: number;
  readonly to: number;
  /** Of the history that `to` counts in. */
  readonly lineage: string | undefined;
  readonly final: boolean;
  readonly digest: string | null;
  readonly changes: string;
  /** The same for a node that is given public parts only. */
  readonly publicChanges: () => string;
  /** It revokes a key. */
  readonly isUrgent: boolean;
  /** Its objects. */
  readonly objects: readonly ObjectKey[];
  /**
   * The objects that are left out, with the digests that `digest` counts for them; null for a row altered outside
   * keyplane, which it does not count.
   */
  readonly leftOut: ReadonlyMap<ObjectKey, Buffer | null>;
}

export type ObjectKey = `${DeployedKind}/${string}`;

/** The environment's head was altered outside keyplane: nothing is sent from it. */
export const alteredState = 'altered state';

/** No delta is possible from this position: tombstones that it needs are deleted. */
export const tooFarBehind = 'too far behind';

/** Rows a message carries at the most. */
export const rowsPerPage = 128;
/**
 * A message that has so much takes no further step: what a node makes of it on the way is then garbage before its
 * young generation is full, and does not stay with its process.
 */
export const charactersWanted = 64 * 1024;
/** Rows whose contents are read at once: the largest keystores among them still fit into memory. */
const rowsPerStep = 16;
/** Beyond this it takes no further row of a step either. With the largest keystore on top it stays below a node's limit. */
const charactersPerPage = 16 * 1024 * 1024;

/**
 * The changes of an environment after a revision, as far as one message carries them, read in one transaction. Pages of
 * one delta or snapshot are read at different times: a row that changes meanwhile moves to a later revision and so to a
 * later page, and so does one that is deleted. This holds only while no row above `after` and `tombstonesAbove` was
 * deleted, which the compaction revision shows.
 */
export async function readStatePage<Stores extends DesiredStateStores>(
  stores: Stores,
  readers: readonly ContentReader<Stores>[],
  { environmentId, after, ...position }: StatePosition & { readonly environmentId: string },
): Promise<StatePage | typeof tooFarBehind | typeof alteredState | undefined> {
  const state = await stores.desired.head(environmentId);
  if (state.altered) return alteredState;
  if (after > 0 && after >= state.revision) return undefined;
  const tombstonesAbove = position.tombstonesAbove === 'now' ? state.revision : position.tombstonesAbove;
  if (state.compactionRevision > Math.max(after, tombstonesAbove)) return tooFarBehind;
  const rows = await stores.desired.rowsAfter(environmentId, {
    afterRevision: after,
    tombstonesAboveRevision: tombstonesAbove,
    limit: rowsPerPage,
  });
  const leftOut = new Map<ObjectKey, Buffer | null>();
  const told: ToldChange[] = [];
  const taken: DesiredObject[] = [];
  for (let size = 0; taken.length < rows.length && size < charactersWanted; ) {
    const step = rows.slice(taken.length, taken.length + rowsPerStep);
    for (const row of await withContent(stores, readers, { environmentId, rows: step })) {
      if (size >= charactersPerPage) break;
      taken.push(row.object);
      if ('counted' in row) {
        leftOut.set(objectKey(row.object), row.counted);
        continue;
      }
      told.push(row);
      size += row.text.length;
    }
  }
  // The last row may be below the environment's revision: later rows are tombstones that are already deleted.
  const exhausted = rows.length < rowsPerPage && taken.length === rows.length;
  const to = exhausted ? state.revision : (taken.at(-1)?.revision ?? state.revision);
  const final = to === state.revision;
  const digest = final ? state.digest.toString('hex') : null;
  const objects = taken.map(objectKey);
  const { lineage } = state;
  return { ...pageTexts(told), from: after, tombstonesAbove, to, lineage, final, digest, objects, leftOut };
}

/** What a page says, from its changes. */
export function pageTexts(
  told: readonly ToldChange[],
): Pick<StatePage, 'changes' | 'publicChanges' | 'isUrgent'> {
  return {
    changes: `[${told.map(({ text }) => text).join(',')}]`,
    publicChanges: once(() => JSON.stringify(told.map(publicChange))),
    isUrgent: told.some(({ change }) => 'put' in change && revokes(change.put)),
  };
}

/** Also where it did so earlier: a page too many goes first. */
function revokes(content: DeployedContent): boolean {
  return content.kind === 'key-ring' && content.former.some(({ revokedAt }) => revokedAt !== null);
}

/** A row of desired state as nodes are sent it. */
export interface ToldChange {
  readonly object: DesiredObject;
  readonly change: Change;
  /** Its JSON, which holds private members. */
  readonly text: string;
}

/** @param put the content that the row desires; null for a tombstone */
export function toldChange(object: DesiredObject, put: DeployedContent | null): ToldChange {
  const { revision, kind, objectId, sinceRevision } = object;
  const change = changeOf();
  return { object, change, text: JSON.stringify(change) };

  function changeOf(): Change {
    if (put === null) return { revision, gone: { kind, id: objectId } };
    return sinceRevision === null ? { revision, put } : { revision, put, since: sinceRevision };
  }
}

function publicChange({ object: { digest }, change }: ToldChange): Change {
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
  | ToldChange
  /** It cannot be read, its digest differs from the desired one, or its row was altered outside keyplane. */
  | { readonly object: DesiredObject; readonly counted: Buffer | null };

async function withContent<Stores>(
  stores: Stores,
  readers: readonly ContentReader<Stores>[],
  { environmentId, rows }: { readonly environmentId: string; readonly rows: readonly DesiredObject[] },
): Promise<readonly RowWithContent[]> {
  const contents = new Map<string, DeployedContent[]>();
  for (const reader of readers) {
    const wanted = rows.filter((row) => row.kind === reader.kind && (row.digest || row.altered));
    const ids = wanted.map((row) => row.objectId);
    const read = (some: readonly string[]) => reader.read(stores, environmentId, some);
    for (const content of await readableOf(ids, read)) {
      const key = `${content.kind}/${content.id}`;
      const possible = contents.get(key);
      if (possible) possible.push(content);
      else contents.set(key, [content]);
    }
  }
  return rows.map((object) => {
    const { kind, objectId, digest, altered } = object;
    const possible = contents.get(`${kind}/${objectId}`) ?? [];
    // The row's original digest is not known; if the object is unchanged, the digest of its content is the one that
    // counts.
    if (altered) return { object, counted: possible[0] ? digestOf(possible[0]) : null };
    if (digest === null) return toldChange(object, null);
    const put = possible.find((content) => digestOf(content)?.equals(digest));
    return put ? toldChange(object, put) : { object, counted: digest };
  });
}

export function objectKey({ kind, objectId }: DesiredObject): ObjectKey {
  return `${kind}/${objectId}`;
}

/** A seal that does not open any more leaves out its own object only. */
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
