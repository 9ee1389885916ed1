// The key file of the data directory, while the master key is changed: `master.key.new` before it is in use,
// `master.key.old` until the change is finished. At every moment `master.key` is one of the two, complete.

import { link, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { moveFile, syncFolder } from '../../runtime/durable-file.ts';
import { faultPoints } from '../../runtime/fault-points.ts';
import { loadOrCreateKeyFile, parseKey } from '../key-file.ts';

/** The key that is to come, made at the first call. */
export async function nextKeyFromFile(path: string): Promise<Buffer> {
  return loadOrCreateKeyFile(`${path}.new`, { mayCreate: true, called: 'The new master key file' });
}

/** Puts the new file in the place of the old one, where that still holds the old key. */
export async function swapKeyFiles(path: string, old: Buffer): Promise<void> {
  if (!(await readKey(path)).equals(old)) return;
  const step = () => faultPoints.keyFileStep.publish(undefined);
  await unlink(`${path}.old.part`).catch(ignoreMissing);
  await link(path, `${path}.old.part`);
  step();
  await moveFile(`${path}.old.part`, `${path}.old`);
  step();
  await moveFile(`${path}.new`, path);
  step();
}

/** Once the old key is of no more use here. Where the key comes from the settings there may be no folder at all. */
export async function removeOldKeyFile(path: string): Promise<void> {
  await unlink(`${path}.old`).catch(ignoreMissing);
  await syncFolder(dirname(path)).catch(ignoreMissing);
}

/** Removes a new key that opens nothing any more, after an undone rotation. */
export async function removeNewKeyFile(path: string): Promise<void> {
  await unlink(`${path}.new`).catch(ignoreMissing);
  await syncFolder(dirname(path));
}

/** Puts the old file back in place; the new one is kept as `.new` until the database no longer needs it. */
export async function swapKeyFilesBack(path: string): Promise<void> {
  await rename(path, `${path}.new`);
  faultPoints.keyFileStep.publish(undefined);
  await moveFile(`${path}.old`, path);
}

async function readKey(path: string): Promise<Buffer> {
  return parseKey((await readFile(path, 'utf8')).replace(/\r?\n$/, ''), `The master key file ${path}`);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
