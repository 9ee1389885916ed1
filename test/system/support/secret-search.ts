// Looks for secrets in bytes, in every spelling that a program would plausibly have written them in.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Secret {
  readonly name: string;
  readonly bytes: Buffer;
}

interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface SearchedFolder {
  readonly files: readonly string[];
  readonly found: readonly string[];
}

/** A database may cut a long value where a page ends: three pieces are looked for, of which one cut spares two. */
const pieceBytes = 24;
/** Less than this is found by chance. */
const shortestBytes = 8;

export function needlesOf(secrets: readonly Secret[]): readonly Needle[] {
  return secrets.flatMap(({ name, bytes }) => {
    if (bytes.length < shortestBytes) throw new Error(`${name} is too short to be looked for`);
    return piecesOf(bytes).flatMap((piece) =>
      spellingsOf(piece).map(([spelling, text]) => ({ name: `${name} (${spelling})`, bytes: text })),
    );
  });
}

function piecesOf(bytes: Buffer): Buffer[] {
  if (bytes.length <= 2 * pieceBytes) return [bytes];
  const middle = Math.floor((bytes.length - pieceBytes) / 2);
  return [0, middle, bytes.length - pieceBytes].map((start) => bytes.subarray(start, start + pieceBytes));
}

/** Raw, hex in both cases, and both alphabets of base64 wherever in a longer text the secret begins. */
export function spellingsOf(bytes: Buffer): readonly (readonly [string, Buffer])[] {
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    // Characters that also hold bits of what stands before or after the secret are not its own.
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor((shifted.length * 8) / 6);
    return (['base64', 'base64url'] as const).map(
      (alphabet) =>
        [
          `${alphabet}, offset ${offset}`,
          Buffer.from(shifted.toString(alphabet).slice(first, last)),
        ] as const,
    );
  });
  return [['raw', bytes], ['hex', Buffer.from(hex)], ['HEX', Buffer.from(hex.toUpperCase())], ...base64];
}

export function foundIn(haystack: Buffer, needles: readonly Needle[]): string[] {
  return [...new Set(needles.filter(({ bytes }) => haystack.includes(bytes)).map(({ name }) => name))];
}

/** Reads every file, also those that are being written. @throws Error when there is nothing to look at */
export async function searchFolder(folder: string, needles: readonly Needle[]): Promise<SearchedFolder> {
  const files: string[] = [];
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      // A lock that a process took with it is not on the disk.
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (bytes === undefined) continue;
    files.push(path.slice(folder.length + 1));
    found.push(...foundIn(bytes, needles).map((what) => `${path}: ${what}`));
  }
  if (files.length === 0 || needles.length === 0) throw new Error(`Nothing to look at in ${folder}`);
  return { files, found };
}
