// The node's sealed copy on disk: `state.log` in the data directory, opened with `node.key` beside it. Changes are
// appended, at the cost of the change; a reset and a compaction write a new file that replaces the old one. A file that
// cannot be read is renamed and kept, never guessed at.

import { createSecretKey, type KeyObject } from 'node:crypto';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployedContent } from '../../protocol/content.ts';
import { removeFile, syncFolder } from '../../runtime/durable-file.ts';
import { timeSlices } from '../../runtime/event-loop.ts';
import type { NodeLog } from '../node-log.ts';
import { type StoredObject, storedContentDigest, storedObjectKey } from '../stored-object.ts';
import { DamagedLog, loadLog } from './load-log.ts';
import { LogFile, type RecordLocation } from './log-file.ts';
import {
  type CommitMark,
  encodePut,
  encodeRecord,
  type LogRecord,
  readContent,
  readRecord,
} from './log-record.ts';
import type { LogTransaction, StateCopy } from './state-copy.ts';

export interface SealedLogOptions {
  readonly dataDir: string;
  readonly key: Buffer;
  readonly log: NodeLog;
}

/** Below this size a file is not worth compacting. */
const compactionFloorBytes = 256 * 1024;
/** By how much a file grows before its objects are counted again, of which there may be ten thousand. */
const betweenCountsBytes = 32 * 1024;
const betweenCompactionsMs = 2_000;
/** For so long the deletion of a private part lets messages of the manager go first. */
const patienceMs = 10_000;

class GivesWay extends Error {
  override readonly name = 'GivesWay';
}

export class SealedLog implements StateCopy {
  readonly #options: SealedLogOptions;
  /** Opens several times as fast as the same bytes in a Buffer. */
  readonly #key: KeyObject;
  #file: LogFile | undefined;
  /** Since when it holds private parts that the state no longer has. */
  #privatePartsSinceMs: number | undefined;
  /** The file and its size when it was found not to be worth a compaction. */
  #counted: { readonly file: LogFile; readonly bytes: number } | undefined;
  #compactedMs = Number.NEGATIVE_INFINITY;

  constructor(options: SealedLogOptions) {
    this.#options = options;
    this.#key = createSecretKey(options.key);
  }

  /**
   * Reads the copy through `visit`, in the order of writing.
   * @returns the id of its environment, or undefined when there is no copy or it was renamed as damaged
   */
  async load(visit: (record: LogRecord, location: RecordLocation) => void): Promise<string | undefined> {
    await removeFile(this.#newPath);
    const handle = await openIfThere(this.#path);
    if (!handle) return undefined;
    const { log } = this.#options;
    const key = this.#key;
    const visitor = {
      record(plaintext: Buffer, location: RecordLocation) {
        const record = readRecord(plaintext);
        visit(record, location);
        return 'commit' in record;
      },
    };
    try {
      const { identity, end, tornBytes } = await loadLog(handle, key, visitor);
      if (tornBytes > 0) {
        log.warn(
          { tornBytes },
          'the last change on the disk was incomplete after a crash; the node requests it again',
        );
        await handle.truncate(end.offset);
        await handle.datasync();
      }
      this.#file = new LogFile(handle, { key, identity, end });
      return identity.environmentId;
    } catch (error) {
      await handle.close();
      if (!(error instanceof DamagedLog)) throw error;
      await this.#setAside(error.message);
      return undefined;
    }
  }

  /** For a copy that was loaded, but whose digest does not match. */
  async discard(reason: string): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
    await this.#setAside(reason);
  }

  async #setAside(reason: string): Promise<void> {
    for (let number = 1; ; number += 1) {
      const renamed = `${this.#path}.damaged-${number}`;
      const taken = await openIfThere(renamed);
      await taken?.close();
      if (taken) continue;
      await rename(this.#path, renamed);
      await syncFolder(this.#options.dataDir);
      const text =
        'the sealed copy cannot be read and was renamed; nothing is served until the manager sends a snapshot';
      this.#options.log.error({ reason, renamed }, text);
      return;
    }
  }

  /** Only one transaction at a time. With `reset` it starts from nothing. */
  async begin(kind: { readonly reset: boolean; readonly environmentId: string }): Promise<LogTransaction> {
    if (kind.reset) return this.#replacement(kind.environmentId);
    const file = this.#file;
    if (!file) throw new Error('a difference needs a copy that it is a difference to');
    return {
      ...appending(file),
      abort: () => file.rollBack(),
      async commit(mark) {
        try {
          await file.commit(encodeRecord({ commit: mark }));
        } catch (error) {
          await file.rollBack().catch(() => undefined);
          throw error;
        }
      },
    };
  }

  async #replacement(environmentId: string): Promise<LogTransaction> {
    const file = await LogFile.create(this.#newPath, { key: this.#key, environmentId });
    const abort = async () => {
      await file.close().catch(() => undefined);
      await removeFile(this.#newPath);
    };
    return {
      ...appending(file),
      abort,
      commit: async (mark) => {
        try {
          await file.commit(encodeRecord({ commit: mark }));
          await rename(this.#newPath, this.#path);
        } catch (error) {
          await abort().catch(() => undefined);
          throw error;
        }
        const old = this.#file;
        this.#file = file;
        this.#privatePartsSinceMs = undefined;
        await old?.close();
        await syncFolder(this.#options.dataDir);
      },
    };
  }

  async read(object: StoredObject): Promise<DeployedContent> {
    const file = this.#file;
    if (!file) throw new Error('there is no sealed copy to read from');
    const content = readContent(await file.read(object.location));
    // While a snapshot replaces the file, a location of the former one may be that of another record.
    if (
      storedObjectKey(content) !== storedObjectKey(object) ||
      storedContentDigest(content) !== object.digest
    ) {
      throw new Error('the object is no longer what the sealed copy has');
    }
    return content;
  }

  dropPrivateParts(): void {
    this.#privatePartsSinceMs ??= performance.now();
  }

  /**
   * Compacts the file once more than half of it is superseded, or a private part is. `objects` get their new locations.
   * Contents are opened and sealed again one by one, never all in memory.
   */
  async compactIfDue(
    objects: ReadonlyMap<string, StoredObject>,
    mark: CommitMark,
    giveWay = () => false,
  ): Promise<boolean> {
    const file = this.#file;
    if (!file) return false;
    const isUrgent = this.#isMostlySuperseded(file, objects);
    const sinceMs = this.#privatePartsSinceMs;
    if (!isUrgent && !this.#mayDropPrivateParts()) return false;
    const isPatient = () =>
      !isUrgent && sinceMs !== undefined && performance.now() - sinceMs < patienceMs && giveWay();
    const live = [...objects.values()].sort((a, b) => a.location.offset - b.location.offset);
    const replacement = await LogFile.create(this.#newPath, {
      key: this.#key,
      environmentId: file.identity.environmentId,
    });
    const read = file.readAhead();
    const places: RecordLocation[] = [];
    const nextSlice = timeSlices();
    try {
      for (const object of live) {
        if (isPatient()) throw new GivesWay();
        places.push(await replacement.append(await read(object.location)));
        await nextSlice();
      }
      await replacement.commit(encodeRecord({ commit: mark }));
      await rename(this.#newPath, this.#path);
    } catch (error) {
      await replacement.close();
      await removeFile(this.#newPath);
      if (error instanceof GivesWay) return false;
      throw error;
    }
    this.#file = replacement;
    this.#privatePartsSinceMs = undefined;
    this.#compactedMs = performance.now();
    live.forEach((object, index) => {
      object.location = places[index] ?? object.location;
    });
    await file.close();
    await syncFolder(this.#options.dataDir);
    return true;
  }

  #isMostlySuperseded(file: LogFile, objects: ReadonlyMap<string, StoredObject>): boolean {
    if (file.bytes < compactionFloorBytes) return false;
    const counted = this.#counted;
    if (counted?.file === file && file.bytes < counted.bytes + betweenCountsBytes) return false;
    let liveBytes = 0;
    for (const { location } of objects.values()) liveBytes += location.bytes;
    if (file.bytes > 2 * liveBytes + compactionFloorBytes) return true;
    this.#counted = { file, bytes: file.bytes };
    return false;
  }

  /** When a hundred key rings rotate at once, they share some compactions. */
  #mayDropPrivateParts(): boolean {
    return (
      this.#privatePartsSinceMs !== undefined && performance.now() - this.#compactedMs >= betweenCompactionsMs
    );
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  get #path(): string {
    return join(this.#options.dataDir, 'state.log');
  }

  get #newPath(): string {
    return join(this.#options.dataDir, 'state.log.new');
  }
}

/** For a node that is to keep none from now on. */
export async function removeCopy(dataDir: string, log: NodeLog): Promise<void> {
  const path = join(dataDir, 'state.log');
  const handle = await openIfThere(path);
  if (!handle) return;
  await handle.close();
  await removeFile(path);
  await syncFolder(dataDir);
  log.warn({ file: path }, 'this node is ephemeral from now on: its sealed copy was deleted');
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function appending(file: LogFile): Pick<LogTransaction, 'put' | 'gone'> {
  return {
    put: (change, object) => file.append(encodePut(change, object)),
    async gone(change) {
      await file.append(encodeRecord(change));
    },
  };
}
