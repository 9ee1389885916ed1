import type { DeployedContent } from '../../protocol/content.ts';
import type { StoredObject, UnstoredObject } from '../stored-object.ts';
import type { RecordLocation } from './log-file.ts';
import type { CommitMark, PutChange, TombstoneChange } from './log-record.ts';

export interface LogTransaction {
  /** Its private members are sealed at once. `object` is what stays in memory of it. */
  put(change: PutChange, object: UnstoredObject): Promise<RecordLocation>;
  gone(change: TombstoneChange): Promise<void>;
  /** Durable once it resolves; nothing of it counts when it rejects. */
  commit(mark: CommitMark): Promise<void>;
  abort(): Promise<void>;
}

/** Where the node keeps what it is sent, with private members. */
export interface StateCopy {
  /** Only one transaction at a time. With `reset` it starts from nothing. */
  begin(kind: { readonly reset: boolean; readonly environmentId: string }): Promise<LogTransaction>;
  /**
   * The whole content of an object of the current state. It holds private members: do not keep it.
   * @throws Error where the object is no longer of the current state, or the disk lost it
   */
  read(object: StoredObject): Promise<DeployedContent>;
  /** The state no longer has a private part that the copy still holds: it must be deleted soon. */
  dropPrivateParts(): void;
  /**
   * Deletes what is superseded: where there is much of it, or a private part among it. Not during a transaction.
   * @param giveWay whether something else waits; only a compaction that can wait asks
   * @returns whether it was done
   */
  compactIfDue(
    objects: ReadonlyMap<string, StoredObject>,
    mark: CommitMark,
    giveWay?: () => boolean,
  ): Promise<boolean>;
  close(): Promise<void>;
}
