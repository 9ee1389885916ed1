// A stream of bytes sealed in chunks, after the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015):
// AES-256-GCM, the nonce counts the chunks, and its last byte marks the last one. So a chunk that was altered,
// moved, left out or doubled does not open, and neither does a file that ends before its last chunk.
// Nothing of a chunk is given out before its tag was checked.

import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { BackupKey } from './backup-header.ts';

/** Plaintext bytes of every chunk but the last. */
export const chunkBytes = 65_536;
const tagBytes = 16;
export const sealedChunkBytes = chunkBytes + tagBytes;

/** Takes plaintext in pieces of any size, gives sealed chunks of one size; the last is of what is left. */
export async function* sealChunks(
  { key, header }: BackupKey,
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let counter = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes <= chunkBytes) continue;
    const bytes = Buffer.concat(held);
    let start = 0;
    // A full chunk is kept back until it is known not to be the last.
    for (; bytes.length - start > chunkBytes; start += chunkBytes) {
      yield sealChunk(bytes.subarray(start, start + chunkBytes), { key, header, counter, isLast: false });
      counter += 1;
    }
    held = [bytes.subarray(start)];
    heldBytes = bytes.length - start;
  }
  yield sealChunk(Buffer.concat(held), { key, header, counter, isLast: true });
}

/**
 * @param chunks sealed chunks as they lie in the file; all but the last have `sealedChunkBytes`
 * @throws Error for the operator at the first chunk that does not open in its place
 */
export async function* openChunks(
  { key, header }: BackupKey,
  chunks: AsyncIterable<{ readonly bytes: Buffer; readonly isLast: boolean }>,
  called: string,
): AsyncGenerator<Buffer> {
  let counter = 0;
  for await (const { bytes, isLast } of chunks) {
    const opened = openChunk(bytes, { key, header, counter, isLast });
    if (opened === undefined) {
      const from = header.length + counter * sealedChunkBytes;
      throw new Error(
        `${called} is damaged: what begins at byte ${from} was altered or is not where it belongs, or the file was cut off. Take another copy of it.`,
      );
    }
    yield opened;
    counter += 1;
  }
}

interface Place {
  readonly key: Buffer;
  readonly header: Buffer;
  readonly counter: number;
  readonly isLast: boolean;
}

function sealChunk(plaintext: Buffer, place: Place): Buffer {
  const cipher = createCipheriv('aes-256-gcm', place.key, nonceOf(place), { authTagLength: tagBytes });
  cipher.setAAD(place.header);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([ciphertext, cipher.getAuthTag()]);
}

function openChunk(bytes: Buffer, place: Place): Buffer | undefined {
  if (bytes.length < tagBytes) return undefined;
  const end = bytes.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', place.key, nonceOf(place), { authTagLength: tagBytes });
  decipher.setAAD(place.header);
  decipher.setAuthTag(bytes.subarray(end));
  const plaintext = decipher.update(bytes.subarray(0, end));
  try {
    decipher.final();
    return plaintext;
  } catch {
    plaintext.fill(0);
    return undefined;
  }
}

/** 11 bytes of counter, then one byte that marks the last chunk. */
function nonceOf({ counter, isLast }: Place): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(counter, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}
