import { addDigest, emptyDigest } from '../protocol/state-digest.ts';
import type { RecordLocation } from './disk/log-file.ts';
import type { CommitMark, LogRecord } from './disk/log-record.ts';
import type { SealedLog } from './disk/sealed-log.ts';
import type { NodeState } from './node-state.ts';
import type { RevokedKids } from './revoked-kids.ts';
import {
  digestBytes,
  InvalidObjectError,
  losesPrivatePart,
  type StoredObject,
  storedObjectKey,
  toStoredObject,
} from './stored-object.ts';

/**
 * Restores the node's state from its own disk. A copy whose digest does not match is renamed as damaged: the node then
 * has nothing until the manager sends a snapshot.
 */
export async function restoreCopy(copy: SealedLog, state: NodeState, revoked: RevokedKids): Promise<void> {
  const reader = new CopyReader(revoked);
  const environmentId = await copy.load((record, location) => reader.take(record, location));
  const { last } = reader;
  if (environmentId === undefined || last === undefined) return;
  let digest = emptyDigest;
  for (const object of reader.objects.values()) digest = addDigest(digest, digestBytes(object));
  const fault = reader.fault ?? (digest.toString('hex') === last.digest ? undefined : 'its digest differs');
  if (fault !== undefined) return copy.discard(fault);
  if (reader.dropsPrivatePart) copy.dropPrivateParts();
  state.apply({
    environment: { id: environmentId, name: last.environmentName },
    revision: last.revision,
    digest,
    lineage: last.lineage,
    incomplete: last.incomplete === true,
    changes: reader.objects,
    reset: true,
  });
}

/** Counts only what a commit follows. */
class CopyReader {
  readonly objects = new Map<string, StoredObject>();
  last: CommitMark | undefined;
  fault: string | undefined;
  /** The node stopped before it deleted them. */
  dropsPrivatePart = false;
  readonly #revoked: RevokedKids;
  #uncommitted: (readonly [string, StoredObject | undefined])[] = [];

  constructor(revoked: RevokedKids) {
    this.#revoked = revoked;
  }

  take(record: LogRecord, location: RecordLocation): void {
    if ('commit' in record) {
      for (const [key, object] of this.#uncommitted) {
        this.dropsPrivatePart ||= losesPrivatePart(this.objects.get(key), object);
        if (object) this.objects.set(key, object);
        else this.objects.delete(key);
      }
      this.#uncommitted = [];
      this.last = record.commit;
      return;
    }
    if ('gone' in record) {
      this.#uncommitted.push([storedObjectKey(record.gone), undefined]);
      return;
    }
    try {
      const held = 'held' in record ? record.held : toStoredObject(record.put);
      const object = this.#revoked.apply({ ...held, location });
      this.#uncommitted.push([storedObjectKey(object), object]);
    } catch (error) {
      if (!(error instanceof InvalidObjectError)) throw error;
      this.fault ??= error.message;
    }
  }
}
