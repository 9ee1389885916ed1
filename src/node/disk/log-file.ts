// One append-only file of sealed records, in transactions: what stands after the last commit does not count.
// A transaction's records are written to the end, then its commit, then the file is forced to the disk.

import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { AeadKey } from '../../sealing/aead.ts';
import { frameHeaderBytes, type LogIdentity, openFrame, readFrameHeader, sealFrame } from './log-frame.ts';
import { ReadWindow } from './read-window.ts';

/** Where a record is in its file. */
export interface RecordLocation {
  readonly offset: number;
  readonly bytes: number;
}

export interface LogEnd {
  /** Just after the last commit. */
  readonly offset: number;
  readonly nextTransaction: number;
  readonly nextSequence: number;
}

const writeBytes = 256 * 1024;
/** What is as short as one change goes into the page cache in less time than the thread pool needs to take it. */
const shortBytes = 16 * 1024;
export const longestLogHead = 16 * 1024;

export class LogFile {
  readonly identity: LogIdentity;
  readonly #handle: FileHandle;
  readonly #key: AeadKey;
  #end: LogEnd;
  #position: number;
  #sequence: number;
  /**
   * Appended, and not yet in the file: one piece of memory for all frames. Kept one by one until they are written,
   * ten thousand of them outlive the young generation, and the process keeps the memory that they took.
   */
  readonly #pending = Buffer.allocUnsafeSlow(writeBytes);
  #pendingBytes = 0;

  constructor(handle: FileHandle, options: { key: AeadKey; identity: LogIdentity; end: LogEnd }) {
    this.#handle = handle;
    this.#key = options.key;
    this.identity = options.identity;
    this.#end = options.end;
    this.#position = options.end.offset;
    this.#sequence = options.end.nextSequence;
  }

  /** Replaces the file at `path`, if there is one. */
  static async create(path: string, options: { key: AeadKey; environmentId: string }): Promise<LogFile> {
    const { key, environmentId } = options;
    const handle = await open(path, 'w+', 0o600);
    try {
      const identity = { log: randomBytes(16).toString('base64url'), environmentId };
      const head = Buffer.from(`${JSON.stringify({ keyplane: 'node state', version: 1, ...identity })}\n`);
      await handle.write(head, 0, head.length, 0);
      const end = { offset: head.length, nextTransaction: 1, nextSequence: 0 };
      return new LogFile(handle, { key, identity, end });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Bytes up to the last commit. */
  get bytes(): number {
    return this.#end.offset;
  }

  /** `plaintext` is sealed at once and not kept. */
  async append(plaintext: Uint8Array): Promise<RecordLocation> {
    const binding = { ...this.identity, transaction: this.#end.nextTransaction, sequence: this.#sequence };
    const frame = sealFrame(this.#key, binding, plaintext);
    const location = { offset: this.#position + this.#pendingBytes, bytes: frame.length };
    this.#sequence += 1;
    if (this.#pendingBytes + frame.length > writeBytes) await this.#flush();
    if (frame.length > writeBytes) await this.#write(frame);
    else this.#pendingBytes += frame.copy(this.#pending, this.#pendingBytes);
    return location;
  }

  /** Everything since the last commit counts once this resolves: it is on the disk. */
  async commit(plaintext: Uint8Array): Promise<void> {
    await this.append(plaintext);
    await this.#flush();
    await this.#handle.datasync();
    this.#end = {
      offset: this.#position,
      nextTransaction: this.#end.nextTransaction + 1,
      nextSequence: this.#sequence,
    };
  }

  /** Forgets everything since the last commit. */
  async rollBack(): Promise<void> {
    this.#pendingBytes = 0;
    this.#position = this.#end.offset;
    this.#sequence = this.#end.nextSequence;
    await this.#handle.truncate(this.#end.offset);
  }

  /** @throws Error when the record no longer opens: the disk lost it */
  async read({ offset, bytes }: RecordLocation): Promise<Buffer> {
    const frame = Buffer.allocUnsafe(bytes);
    const { bytesRead } = await this.#handle.read(frame, 0, bytes, offset);
    return this.#open(frame.subarray(0, bytesRead), bytes);
  }

  /** For many records in the order of the file: most of them are read ahead. Each result is as that of `read`. */
  readAhead(): (location: RecordLocation) => Promise<Buffer> {
    const window = new ReadWindow(this.#handle, this.bytes);
    return async ({ offset, bytes }) =>
      this.#open(window.held(offset, bytes) ?? (await window.read(offset, bytes)), bytes);
  }

  #open(frame: Buffer, bytes: number): Buffer {
    const header = frame.length === bytes ? readFrameHeader(frame) : undefined;
    const plaintext =
      header && openFrame(this.#key, { ...this.identity, ...header }, frame.subarray(frameHeaderBytes));
    if (!plaintext) throw new Error('a record of the sealed copy can no longer be read');
    return plaintext;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #flush(): Promise<void> {
    const bytes = this.#pending.subarray(0, this.#pendingBytes);
    this.#pendingBytes = 0;
    await this.#write(bytes);
  }

  async #write(bytes: Buffer): Promise<void> {
    const position = this.#position;
    this.#position += bytes.length;
    for (let written = 0; written < bytes.length; ) {
      const length = bytes.length - written;
      if (length <= shortBytes) {
        written += writeSync(this.#handle.fd, bytes, written, length, position + written);
        continue;
      }
      const { bytesWritten } = await this.#handle.write(bytes, written, length, position + written);
      written += bytesWritten;
    }
  }
}
