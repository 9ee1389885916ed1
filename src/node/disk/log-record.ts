// What a record of the copy says, as the bytes that are sealed. A record that puts an object begins with two lines:
// what stays in memory of it, and its public JSON. A start reads these and passes over the rest, so that it
// neither parses nor hashes what it will not keep: the seal already says that nothing was altered.

import type {
  Change,
  DeployedContent,
  DeployedKind,
  DeployedOutlet,
  DeployedSetting,
} from '../../protocol/content.ts';
import { type StoredMember, type UnstoredObject, withOrder } from '../stored-object.ts';

/** Ends a transaction: the state that results from all records so far. */
export interface CommitMark {
  readonly environmentName: string;
  readonly revision: number;
  /** hex, 32 bytes. */
  readonly digest: string;
  /** Of the history that the revision counts in; absent in copies of before there were lineages. */
  readonly lineage?: string;
  /** The manager could not read some objects of this revision. */
  readonly incomplete?: boolean;
}

export type LogRecord =
  | { readonly held: UnstoredObject }
  /** Of a copy from before the two lines. */
  | { readonly put: DeployedContent }
  | { readonly gone: { readonly kind: DeployedKind; readonly id: string } }
  | { readonly commit: CommitMark };

export type PutChange = Extract<Change, { put: unknown }>;
export type TombstoneChange = Extract<Change, { gone: unknown }>;

const lineEnd = 0x0a;

/** It holds private members. `object` is what stays in memory of the change. */
export function encodePut(change: PutChange, object: UnstoredObject): Buffer {
  const { kind, id, project, name, digest, expires, publicJson, setting, kidSince, since, member } = object;
  const added = [setting, kidSince, since, member];
  while (added.length > 0 && added.at(-1) === undefined) added.pop();
  // JSON has null for what is undefined in the middle.
  const head = JSON.stringify([kind, id, project, name, digest, expires, ...added]);
  // JSON on one line has no line end in it, so that what follows begins where it seems to.
  return Buffer.from(`${head}\n${publicJson ?? ''}\n${JSON.stringify(change)}`);
}

export function encodeRecord(record: TombstoneChange | { readonly commit: CommitMark }): Buffer {
  return Buffer.from(JSON.stringify(record));
}

type Head = readonly [
  ...[kind: DeployedKind, id: string, project: string, name: string, digest: string, expires: number | null],
  setting?: DeployedSetting | null,
  kidSince?: number | null,
  since?: number | null,
  member?: StoredMember,
];

/** Safe to cast: only what this node sealed opens, and it seals only what it has read. */
export function readRecord(plaintext: Buffer): LogRecord {
  const headEnd = plaintext.indexOf(lineEnd);
  if (headEnd === -1) return JSON.parse(plaintext.toString('utf8')) as LogRecord;
  const publicEnd = plaintext.indexOf(lineEnd, headEnd + 1);
  const [kind, id, project, name, digest, expires, setting, kidSince, since, member] = JSON.parse(
    plaintext.toString('utf8', 0, headEnd),
  ) as Head;
  const publicJson = plaintext.toString('utf8', headEnd + 1, publicEnd) || undefined;
  const held = { kind, id, project, name, digest, publicJson, expires };
  if (setting) return { held: { ...held, setting } };
  if (kind === 'key-ring') return { held: { ...held, ring: contentOf(plaintext, publicEnd) } };
  if (kind === 'application') return { held: { ...held, application: contentOf(plaintext, publicEnd) } };
  if (kind === 'token-profile') return { held: { ...held, tokenProfile: contentOf(plaintext, publicEnd) } };
  if (kind === 'view') return { held: { ...held, view: contentOf(plaintext, publicEnd) } };
  if (kind === 'project-set') return { held: { ...held, projectSet: contentOf(plaintext, publicEnd) } };
  if (kind === 'outlet') {
    return {
      held: { ...held, outlet: { ...contentOf<DeployedOutlet>(plaintext, publicEnd), password: null } },
    };
  }
  const inOrder = withOrder(held, { kidSince: kidSince ?? undefined, since: since ?? undefined });
  return { held: member ? { ...inOrder, member } : inOrder };
}

/** What was put, with its private members. */
export function readContent(plaintext: Buffer): DeployedContent {
  const headEnd = plaintext.indexOf(lineEnd);
  if (headEnd === -1) return (JSON.parse(plaintext.toString('utf8')) as PutChange).put;
  return contentOf(plaintext, plaintext.indexOf(lineEnd, headEnd + 1));
}

function contentOf<Content extends DeployedContent>(plaintext: Buffer, publicEnd: number): Content {
  return (JSON.parse(plaintext.toString('utf8', publicEnd + 1)) as { readonly put: Content }).put;
}
