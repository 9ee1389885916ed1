import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const headerBytes = 32;
const frameHeaderBytes = 24;
/** Both in the header of the log (sqlite.org/walformat.html). */
const pageSizeAt = 8;
const saltAt = 16;

/**
 * Takes from SQLite's log what a power cut could have taken: all that no sync had brought to the disk, and the index,
 * which is memory. The process has to have ended, and to have run with `watch-syncs.ts`.
 * @returns how many bytes were lost
 */
export async function cutPower(dataDir: string): Promise<number> {
  const path = join(dataDir, 'keyplane.db-wal');
  const log = await readFile(path).catch(() => Buffer.alloc(0));
  const synced = await readFile(`${path}.synced`).catch(() => Buffer.alloc(0));
  await rm(join(dataDir, 'keyplane.db-shm'), { force: true });
  const saltOf = (bytes: Buffer) => bytes.toString('hex', saltAt, headerBytes);
  // A log that has started over since then was synced by SQLite itself, up to its first frame.
  const isSame = synced.length >= headerBytes && saltOf(log) === saltOf(synced);
  const first = log.length < headerBytes ? 0 : headerBytes + frameHeaderBytes + log.readUInt32BE(pageSizeAt);
  const left = isSame ? synced : log.subarray(0, first);
  await writeFile(path, left);
  return Math.max(log.length - left.length, 0);
}
