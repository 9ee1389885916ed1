// A file for its owner alone that is there complete or not at all: written beside its place, flushed to the disk,
// then moved. It refuses to replace a file.

import { randomBytes } from 'node:crypto';
import { link, open, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../runtime/sync-folder.ts';

/** @throws Error for the operator when the file is there already or can not be written */
export async function writePrivateFile(path: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      for await (const piece of pieces) await file.appendFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    // Unlike a rename, a link never replaces what is there.
    await link(temporary, path);
  } catch (error) {
    throw fileError(path, error);
  } finally {
    await unlink(temporary).catch(() => {});
  }
  await syncFolder(dirname(path));
}

function fileError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EEXIST') return new Error(`${path} is there already. Choose another name, or move it away.`);
  const isOurs = error instanceof Error && 'syscall' in error;
  return isOurs ? new Error(`${path} can not be written (${code}).`) : error;
}
