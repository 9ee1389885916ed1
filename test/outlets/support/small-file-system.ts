// A file system of a few pages, which a test can fill: only where it may mount one.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallFileSystem {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Undefined, with a line in the output of the tests, where none can be mounted. */
  static mount(): SmallFileSystem | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'keyplane-small-'));
    const { status, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    if (status === 0) return new SmallFileSystem(folder);
    rmSync(folder, { recursive: true });
    console.info(`No file system can be mounted here (${error?.message ?? `mount exits with ${status}`})`);
    return undefined;
  }

  async fill(): Promise<void> {
    // What has room is written before the error.
    const { code } = await writeFile(join(this.folder, 'filler'), Buffer.alloc(1 << 20)).then(
      () => ({ code: 'none' }),
      (error: NodeJS.ErrnoException) => error,
    );
    if (code !== 'ENOSPC') throw new Error(`the file system is not full: ${code}`);
  }

  async empty(): Promise<void> {
    await rm(join(this.folder, 'filler'));
  }

  allow(access: 'ro' | 'rw'): void {
    const { status } = spawnSync('mount', ['-o', `remount,${access}`, this.folder]);
    if (status !== 0) throw new Error(`remounting ${access} exits with ${status}`);
  }

  unmount(): void {
    spawnSync('umount', ['-l', this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
