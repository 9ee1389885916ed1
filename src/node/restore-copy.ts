import { addDigest, emptyDigest } from '../protocol/state-digest.ts';
import type { RecordLocation } from './disk/log-file.ts';
import type { CommitMark, LogRecord } from './disk/log-record.ts';
import type { SealedLog } from './disk/sealed-log.ts';
import type { NodeState } from './node-state.ts';
import {
  digestBytes,
  InvalidObjectError,
  objectKey,
  type StoredObject,
  toStoredObject,
} from './stored-object.ts';

/**
 * Restores the node's state from its own disk. A copy whose digest does not match is renamed as damaged: the node then
 * has nothing until the manager sends a snapshot.
 */
export async function restoreCopy(copy: SealedLog, state: NodeState): Promise<void> {
  const reader = new CopyReader();
  const environmentId = await copy.load((record, location) => reader.take(record, location));
  const { last } = reader;
  if (environmentId === undefined || last === undefined) return;
  let digest = emptyDigest;
  for (const object of reader.objects.values()) digest = addDigest(digest, digestBytes(object));
  const fault = reader.fault ?? (digest.toString('hex') === last.digest ? undefined : 'its digest differs');
  if (fault !== undefined) return copy.discard(fault);
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
  #uncommitted: (readonly [string, StoredObject | undefined])[] = [];

  take(record: LogRecord, location: RecordLocation): void {
    if ('commit' in record) {
      for (const [key, object] of this.#uncommitted) {
        if (object) this.objects.set(key, object);
        else this.objects.delete(key);
      }
      this.#uncommitted = [];
      this.last = record.commit;
      return;
    }
    if ('gone' in record) {
      this.#uncommitted.push([objectKey(record.gone), undefined]);
      return;
    }
    try {
      const object = { ...('held' in record ? record.held : toStoredObject(record.put)), location };
      this.#uncommitted.push([objectKey(object), object]);
    } catch (error) {
      if (!(error instanceof InvalidObjectError)) throw error;
      this.fault ??= error.message;
    }
  }
}
