import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newBackupKey } from '../../src/backup/backup-header.ts';
import { chunkBytes, openChunks, sealChunks, sealedChunkBytes } from '../../src/backup/sealed-chunks.ts';

const backupKey = newBackupKey(randomBytes(32));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function sealed(pieces: readonly Buffer[]): Promise<Buffer[]> {
  async function* given() {
    yield* pieces;
  }
  return all(sealChunks(backupKey, given()));
}

async function opened(chunks: readonly Buffer[], key = backupKey): Promise<Buffer> {
  async function* given() {
    for (const [place, bytes] of chunks.entries()) yield { bytes, isLast: place === chunks.length - 1 };
  }
  return Buffer.concat(await all(openChunks(key, given(), 'The file')));
}

describe('sealed chunks', () => {
  test('open to what was sealed, however the bytes came in pieces', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 3 * chunkBytes }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const pieces = lengths.map((length) => randomBytes(length));
        const chunks = await sealed(pieces);
        expect((await opened(chunks)).equals(Buffer.concat(pieces))).toBe(true);
        for (const chunk of chunks.slice(0, -1)) expect(chunk.length).toBe(sealedChunkBytes);
        expect(chunks.at(-1)?.length).toBeLessThanOrEqual(sealedChunkBytes);
      }),
      { numRuns: 20 },
    );
  });

  test('consist of one sealed chunk for an empty input', async () => {
    const chunks = await sealed([]);
    expect(chunks).toHaveLength(1);
    expect(await opened(chunks)).toHaveLength(0);
  });

  test('do not open in another order, doubled, left out, cut off or continued', async () => {
    const [a, b, c] = (await sealed([randomBytes(2 * chunkBytes + 5)])) as [Buffer, Buffer, Buffer];
    for (const wrong of [
      [b, a, c],
      [a, a, b, c],
      [a, c],
      [b, c],
      [a, b],
      [a],
      [a, b, c, c],
      [a, b, c.subarray(0, -1)],
      [a, b, Buffer.alloc(0)],
    ]) {
      await expect(opened(wrong)).rejects.toThrow(/is damaged: what begins at byte \d+/);
    }
  });

  test('do not open in another file of the same master key', async () => {
    const masterKey = randomBytes(32);
    const [one, other] = [newBackupKey(masterKey), newBackupKey(masterKey)];
    async function* piece() {
      yield randomBytes(10);
    }
    const chunks = await all(sealChunks(one, piece()));
    expect(await opened(chunks, one)).toHaveLength(10);
    await expect(opened(chunks, other)).rejects.toThrow('is damaged');
  });
});
