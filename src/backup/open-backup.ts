// Reads a backup file: first its header, so that a wrong master key is reported at once, then its records in order. It
// succeeds only if every byte up to the last chunk is authentic.

import { type FileHandle, open } from 'node:fs/promises';
import { headerBytes, openBackupHeader } from './backup-header.ts';
import { type BackupRecord, readRecords } from './backup-records.ts';
import { openChunks, sealedChunkBytes } from './sealed-chunks.ts';

/** @throws Error for the operator: no such file, no backup, another master key, damage */
export async function* openBackup(path: string, masterKey: Buffer): AsyncGenerator<BackupRecord> {
  const file = await openFile(path);
  try {
    const head = await readFully(file, headerBytes, 0);
    const key = openBackupHeader(masterKey, head, path);
    yield* readRecords(openChunks(key, chunksOf(file), path));
  } finally {
    await file.close();
  }
}

async function* chunksOf(file: FileHandle): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  const { size } = await file.stat();
  let position = headerBytes;
  do {
    const bytes = await readFully(file, Math.min(sealedChunkBytes, size - position), position);
    position += sealedChunkBytes;
    yield { bytes, isLast: position >= size };
  } while (position < size);
}

async function readFully(file: FileHandle, length: number, position: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, length));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown';
    throw new Error(`${path} can not be read (${code}).`);
  }
}
