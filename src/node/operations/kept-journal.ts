// Entries on the disk of the node, sealed, each there before `append` resolves: a snapshot of what is still needed, and a journal
// of what was appended since. Entries that wait for the disk are written together.

import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../../runtime/durable-file.ts';
import { openBytes, sealBytes } from '../../sealing/aead.ts';
import { type KeptRecordOptions, writeKept } from './kept-record.ts';

interface KeptJournalOptions extends KeptRecordOptions {
  /** A journal of more is replaced by a snapshot. */
  readonly mostJournalBytes?: number;
}

interface Batch<T> {
  readonly entries: T[];
  readonly written: Promise<void>;
}

const lengthBytes = 4;
const defaultJournalBytes = 1024 * 1024;

/** `T` is what `JSON.parse` returns of its JSON. */
export class KeptJournal<T> {
  /** Those of the snapshot, then those of the journal; an entry can be in both. */
  readonly kept: readonly T[];
  readonly #options: KeptJournalOptions;
  #current: () => readonly T[];
  #file: FileHandle | undefined;
  #bytes = 0;
  /** Waits for the disk. */
  #batch: Batch<T> | undefined;
  #writing: Promise<void> = Promise.resolve();

  static async open<T>(options: KeptJournalOptions): Promise<KeptJournal<T>> {
    const snapshot = await readSnapshot<T>(options);
    return new KeptJournal(options, [...snapshot, ...(await readJournal<T>(options))]);
  }

  private constructor(options: KeptJournalOptions, kept: readonly T[]) {
    this.#options = options;
    this.kept = kept;
    this.#current = () => kept;
  }

  /** @param current what a snapshot needs, as it is at that moment: at least what was appended before */
  follow(current: () => readonly T[]): void {
    this.#current = current;
  }

  /** Resolves once the entry survives a kill. @throws Error where the disk cannot be written */
  append(entry: T): Promise<void> {
    if (this.#batch === undefined) {
      const entries: T[] = [];
      this.#batch = { entries, written: this.#inOrder(() => this.#write(entries)) };
    }
    this.#batch.entries.push(entry);
    return this.#batch.written;
  }

  /** Leaves a snapshot, and an empty journal. */
  async close(): Promise<void> {
    const { title, log } = this.#options;
    try {
      await this.#inOrder(async () => {
        const file = await this.#compact();
        this.#file = undefined;
        await file.close();
      });
    } catch (error) {
      log.warn({ err: error }, `${title} could not be written to the disk`);
    }
  }

  #inOrder(write: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(write);
    return this.#writing;
  }

  async #write(entries: readonly T[]): Promise<void> {
    this.#batch = undefined;
    const { mostJournalBytes = defaultJournalBytes } = this.#options;
    const file =
      this.#file === undefined || this.#bytes > mostJournalBytes ? await this.#compact() : this.#file;
    const frame = sealFrame(this.#options, entries);
    try {
      await file.write(frame, 0, frame.length, this.#bytes);
      await file.datasync();
      this.#bytes += frame.length;
    } catch (error) {
      // What the file has now is not known: the next write begins with a snapshot.
      this.#file = undefined;
      await file.close().catch(() => undefined);
      throw error;
    }
  }

  /** A kill between the snapshot and the new journal leaves entries in both. */
  async #compact(): Promise<FileHandle> {
    const { path } = this.#options;
    await writeKept(this.#options, this.#current());
    const former = this.#file;
    this.#file = undefined;
    await former?.close();
    this.#file = await open(journalOf(path), 'w', 0o600);
    this.#bytes = 0;
    await syncFolder(dirname(path));
    return this.#file;
  }
}

function journalOf(path: string): string {
  return `${path}.journal`;
}

type SealingOptions = Pick<KeptJournalOptions, 'key' | 'additionalData'>;

function journalBinding({ additionalData }: SealingOptions): Buffer {
  return Buffer.from(`${additionalData}, journal`);
}

function sealFrame(options: SealingOptions, entries: readonly unknown[]): Buffer {
  const sealed = sealBytes(options.key, Buffer.from(JSON.stringify(entries)), journalBinding(options));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(sealed.length);
  return Buffer.concat([length, sealed]);
}

async function readSnapshot<T>({ path, key, additionalData, title, log }: KeptJournalOptions): Promise<T[]> {
  const sealed = await readIfThere(path);
  if (sealed === undefined) return [];
  try {
    // Safe to cast: only what this node sealed opens.
    return JSON.parse(openBytes(key, sealed, Buffer.from(additionalData)).toString('utf8')) as T[];
  } catch {
    log.error({ file: path }, `${title} cannot be read: it begins again`);
    return [];
  }
}

/** Up to the first frame that does not open: a kill can leave half of the last one, of which nothing was acknowledged. */
async function readJournal<T>(options: KeptJournalOptions): Promise<T[]> {
  const bytes = (await readIfThere(journalOf(options.path))) ?? Buffer.alloc(0);
  const entries: T[] = [];
  for (let at = 0; at + lengthBytes < bytes.length; ) {
    const end = at + lengthBytes + bytes.readUInt32BE(at);
    try {
      const opened = openBytes(options.key, bytes.subarray(at + lengthBytes, end), journalBinding(options));
      // Safe to cast, as above.
      entries.push(...(JSON.parse(opened.toString('utf8')) as T[]));
    } catch {
      options.log.warn({ file: journalOf(options.path) }, `${options.title} end with half an entry`);
      break;
    }
    at = end;
  }
  return entries;
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
