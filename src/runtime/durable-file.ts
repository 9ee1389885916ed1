// Files that survive a crash. Each is written under a temporary name in its own folder, forced to the disk, and only then
// given its name: a reader sees the complete old file or the complete new one.

import { randomBytes } from 'node:crypto';
import { link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

export type FileContent = string | Uint8Array | AsyncIterable<Uint8Array>;

export interface DurableFileOptions {
  readonly mode: number;
  /**
   * Where the file is while it is written; by default beside `path`, under a name that no other writer takes. A file with
   * one writer has a fixed one, so that the next write replaces what a crash left behind.
   */
  readonly temporary?: string;
}

/** Creates the file or replaces it. */
export async function replaceFile(
  path: string,
  content: FileContent,
  options: DurableFileOptions,
): Promise<void> {
  await withTemporary(path, content, options, (temporary) => rename(temporary, path));
}

/** Creates the file. @returns false where there is one already, which stays as it is */
export async function createFile(
  path: string,
  content: FileContent,
  options: DurableFileOptions,
): Promise<boolean> {
  return withTemporary(path, content, options, async (temporary) => {
    try {
      // Unlike a rename, a link never replaces a file.
      await link(temporary, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return false;
    }
  });
}

/** Removes the file, where there is one. `rm` of Node.js reads it before, which is another task of the thread pool. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** A rename within one folder that survives a crash once it resolves. */
export async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** A file that was created, renamed or removed survives a crash only once its folder is on the disk too. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folder, and its file systems keep names in a journal.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function withTemporary<T>(
  path: string,
  content: FileContent,
  { mode, temporary = `${path}.${randomBytes(6).toString('hex')}.new` }: DurableFileOptions,
  giveName: (temporary: string) => Promise<T>,
): Promise<T> {
  let result: T;
  try {
    await removeFile(temporary);
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    result = await giveName(temporary);
  } finally {
    await removeFile(temporary);
  }
  await syncFolder(dirname(path));
  return result;
}
