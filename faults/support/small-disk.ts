import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  /** Takes all that is free on it. */
  fill(): Promise<void>;
  /** Gives back what `fill` took. */
  free(): Promise<void>;
}

const mounted: string[] = [];

/**
 * A disk of the given number of bytes, kept in memory.
 * @returns undefined where this user may not mount one
 */
export async function mountSmallDisk(path: string, bytes: number): Promise<SmallDisk | undefined> {
  await mkdir(path, { recursive: true });
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=700`, 'tmpfs', path]);
  if (made.status !== 0) return undefined;
  mounted.push(path);
  const ballast = join(path, 'ballast');
  return {
    path,
    async fill() {
      // The last piece is cut where the disk ends, so that really nothing is left.
      for (let piece = 0; piece < bytes; piece += pieceBytes) {
        const written = await writeFile(ballast, Buffer.alloc(pieceBytes, 1), { flag: 'a' }).catch(
          () => 'full',
        );
        if (written === 'full') return;
      }
    },
    free: () => rm(ballast, { force: true }),
  };
}

const pieceBytes = 4096;

export async function unmountAll(): Promise<void> {
  for (const path of mounted.splice(0)) spawnSync('umount', ['-l', path]);
}
