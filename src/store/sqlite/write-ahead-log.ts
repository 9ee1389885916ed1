// The files beside a SQLite database that hold its newest commits (sqlite.org/walformat.html). SQLite appends to the
// log without a sync; this syncs it in the thread pool, and can undo commits that never reached the disk. The index is
// opened only once: closing any descriptor of it drops SQLite's locks on it.

import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { endianness } from 'node:os';

/** How far the log goes; a log that starts over has another salt. */
export interface LogMark {
  readonly salt: string;
  readonly frames: number;
  readonly pageBytes: number;
}

export function isSameMark(one: LogMark, other: LogMark): boolean {
  return one.salt === other.salt && one.frames === other.frames;
}

const headerBytes = 32;
const frameHeaderBytes = 24;
const saltAt = 16;
const saltBytes = 8;
/** The header of the index stands there twice; behind both, how many frames were copied into the database. */
const indexHeaderBytes = 48;
const index = Object.freeze({ pageBytes: 14, frames: 16, salt: 32, backfilled: 2 * indexHeaderBytes });

export class WriteAheadLog {
  readonly #log: FileHandle;
  readonly #index: FileHandle;

  private constructor(log: FileHandle, indexFile: FileHandle) {
    this.#log = log;
    this.#index = indexFile;
  }

  /** Both files are there once a connection has read something. */
  static async open(databasePath: string): Promise<WriteAheadLog> {
    const log = await open(`${databasePath}-wal`, 'r+');
    try {
      return new WriteAheadLog(log, await open(`${databasePath}-shm`, 'r+'));
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /** Where the last commit ended. */
  mark(): LogMark {
    const header = this.#readIndex();
    const pageBytes = readUint16(header, index.pageBytes);
    return {
      salt: header.toString('hex', index.salt, index.salt + saltBytes),
      frames: readUint32(header, index.frames),
      pageBytes: pageBytes === 1 ? 65_536 : pageBytes,
    };
  }

  /** All that was committed is on the disk once it resolves. Once it failed, a later success proves nothing. */
  async sync(): Promise<void> {
    await this.#log.datasync();
  }

  /**
   * Undoes every commit after `mark`. No connection of this process may be open; those of another process find the
   * index missing and read the log again.
   * @throws Error where some of it is already in the database, or the disk fails
   */
  async cutTo(mark: LogMark): Promise<void> {
    const salt = Buffer.alloc(saltBytes);
    await this.#log.read(salt, 0, saltBytes, saltAt);
    const frames = salt.toString('hex') === mark.salt ? mark.frames : 0;
    if (readUint32(this.#readIndex(), index.backfilled) > frames) {
      throw new Error('what was not durable has been copied into the database');
    }
    await this.#log.truncate(frames === 0 ? 0 : headerBytes + frames * (frameHeaderBytes + mark.pageBytes));
    await this.#log.sync();
    await this.#index.write(Buffer.alloc(2 * indexHeaderBytes), 0, 2 * indexHeaderBytes, 0);
  }

  /** Only once all connections of this process are closed. */
  async close(): Promise<void> {
    await this.#log.close();
    await this.#index.close();
  }

  /** From memory: SQLite has the file mapped. */
  #readIndex(): Buffer {
    const header = Buffer.alloc(index.backfilled + 4);
    readSync(this.#index.fd, header, 0, header.length, 0);
    return header;
  }
}

const isLittle = endianness() === 'LE';

function readUint32(buffer: Buffer, at: number): number {
  return isLittle ? buffer.readUInt32LE(at) : buffer.readUInt32BE(at);
}

function readUint16(buffer: Buffer, at: number): number {
  return isLittle ? buffer.readUInt16LE(at) : buffer.readUInt16BE(at);
}
