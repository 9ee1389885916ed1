import type { Change, DeployedContent, DeployedKind } from '../protocol/content.ts';
import { contentDigest } from '../protocol/state-digest.ts';
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
/** Rows whose contents are read at once: the largest keystores among them still fit into memory. */
const rowsPerStep = 16;
/** Beyond this a message takes no further row. With the largest keystore on top it stays below a node's limit. */
const charactersPerPart = 16 * 1024 * 1024;

/**
 * What changed in an environment after a revision, as far as one message carries. Read in one transaction, so that
 * what it carries is what its revision says.
 */
export async function readStatePart<Nouns extends DesiredStateNouns>(
  nouns: Nouns,
  readers: readonly ContentReader<Nouns>[],
  { environmentId, after }: { readonly environmentId: string; readonly after: number },
): Promise<StatePart | undefined> {
  const state = await nouns.desired.state(environmentId);
  const rows = await nouns.desired.changedSince(environmentId, after, rowsPerPart);
  if (rows.length === 0 && after > 0) return undefined;
  const unreadable = new Map<ObjectKey, Buffer>();
  const texts: string[] = [];
  const taken: DesiredObject[] = [];
  for (let size = 0; taken.length < rows.length && size < charactersPerPart; ) {
    const step = rows.slice(taken.length, taken.length + rowsPerStep);
    for (const row of await withContent(nouns, readers, { environmentId, rows: step })) {
      if (size >= charactersPerPart) break;
      taken.push(row.object);
      if (row.change === undefined)
        unreadable.set(objectKey(row.object), row.object.digest ?? Buffer.alloc(0));
      else texts.push(JSON.stringify(row.change));
      size += row.change === undefined ? 0 : (texts.at(-1)?.length ?? 0);
    }
  }
  const to = taken.at(-1)?.revision ?? state.revision;
  const final = to === state.revision;
  const digest = final ? state.digest.toString('hex') : null;
  const changes = `[${texts.join(',')}]`;
  return { from: after, to, final, digest, changes, objects: taken.map(objectKey), unreadable };
}

interface RowWithContent {
  readonly object: DesiredObject;
  /** Undefined for an object that can not be read, or no longer has the digest it was desired with. */
  readonly change: Change | undefined;
}

async function withContent<Nouns>(
  nouns: Nouns,
  readers: readonly ContentReader<Nouns>[],
  { environmentId, rows }: { readonly environmentId: string; readonly rows: readonly DesiredObject[] },
): Promise<readonly RowWithContent[]> {
  const contents = new Map<string, DeployedContent>();
  for (const reader of readers) {
    const ids = rows.filter((row) => row.kind === reader.kind && row.digest).map((row) => row.objectId);
    const read = (some: readonly string[]) => reader.read(nouns, environmentId, some);
    for (const content of await readableOf(ids, read)) contents.set(content.id, content);
  }
  return rows.map((object) => {
    const { revision, kind, objectId, digest } = object;
    if (digest === null) return { object, change: { revision, gone: { kind, id: objectId } } };
    const put = contents.get(objectId);
    return { object, change: put && isAsDesired(put, digest) ? { revision, put } : undefined };
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

function isAsDesired(content: DeployedContent, digest: Buffer): boolean {
  try {
    return contentDigest(content).equals(digest);
  } catch {
    return false;
  }
}
