// The folder of a project below `--outlet-dir`, and no way out of it: each folder on the way is opened by its name in the one
// before, and never through a symbolic link. On Linux a folder that is open is named by its descriptor, so that nothing that
// replaces a folder meanwhile leads elsewhere. Other systems have no such name: there a program that may write to the project's
// folder could win a race against the check.

import { randomBytes } from 'node:crypto';
import {
  constants,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rmdir,
  symlink,
  unlink,
} from 'node:fs/promises';
import { join } from 'node:path';
import { badRequest } from '../../errors.ts';
import { isSegment } from './outlet-path.ts';

const folderMode = 0o750;
const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
const hasDescriptorPaths = process.platform === 'linux';

/** A folder that is open. Names in it are plain: they hold no `/`. */
export class OpenFolder {
  readonly #handle: FileHandle;
  readonly #path: string;

  private constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  /** @param path of which no part is a name of others */
  static async at(path: string): Promise<OpenFolder> {
    const handle = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    return new OpenFolder(handle, hasDescriptorPaths ? `/proc/self/fd/${handle.fd}` : path);
  }

  /** @returns undefined where there is none and `create` is false */
  async folder(name: string, create: boolean): Promise<OpenFolder | undefined> {
    const path = this.#at(name);
    if (create) await mkdir(path, { mode: folderMode }).catch(unless('EEXIST'));
    try {
      if (!hasDescriptorPaths && !(await lstat(path)).isDirectory())
        throw Object.assign(new Error(), { code: 'ELOOP' });
      return await OpenFolder.at(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' && !create) return undefined;
      if (code === 'ELOOP' || code === 'ENOTDIR') {
        throw badRequest(`${name} is a symbolic link or a file where a folder of the outlet has to be!`);
      }
      throw error;
    }
  }

  /** @returns undefined where there is none, or it is no plain file, or longer than that */
  async read(name: string, longest: number): Promise<Buffer | undefined> {
    let file: FileHandle;
    try {
      file = await open(this.#at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      return unless('ENOENT', 'ELOOP', 'EISDIR', 'ENXIO')(error);
    }
    try {
      const { size } = await file.stat();
      if (!(await file.stat()).isFile() || size > longest) return undefined;
      return await file.readFile();
    } finally {
      await file.close();
    }
  }

  /** Replaces the file as a whole: a reader sees the former or the new one. */
  async replace(name: string, bytes: Buffer, mode: number): Promise<void> {
    await this.#byRename(name, (temporary) => this.create(temporary, bytes, mode));
  }

  /** A new file, on the disk when it resolves. */
  async create(name: string, bytes: Buffer, mode: number): Promise<void> {
    const file = await open(this.#at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    try {
      // The umask may have taken the group's part.
      await file.chmod(mode);
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Points a symbolic link to another name in this folder, in one step. */
  async link(name: string, to: string): Promise<void> {
    await this.#byRename(name, (temporary) => symlink(to, this.#at(temporary)));
  }

  /** Where a symbolic link points; undefined where there is none. */
  async linkOf(name: string): Promise<string | undefined> {
    return readlink(this.#at(name)).catch(unless('ENOENT', 'EINVAL'));
  }

  /** @returns false where there is none */
  async opensToTouch(name: string): Promise<boolean> {
    try {
      const file = await open(this.#at(name), O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
      await file.close();
      return true;
    } catch (error) {
      unless('ENOENT')(error);
      return false;
    }
  }

  async touch(name: string, mode: number): Promise<void> {
    const file = await open(this.#at(name), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode);
    try {
      const now = new Date();
      await file.utimes(now, now);
    } finally {
      await file.close();
    }
  }

  /** Whether a file of that name could be written, by one beside it that is removed at once. */
  async tryWrite(name: string, bytes: number): Promise<void> {
    if ((await lstat(this.#at(name)).catch(unless('ENOENT')))?.isDirectory())
      throw Object.assign(new Error(`${name} is a folder`), { code: 'EISDIR' });
    const trial = `..keyplane-test-${randomBytes(8).toString('hex')}`;
    try {
      await this.create(trial, Buffer.alloc(bytes), 0o600);
    } finally {
      await unlink(this.#at(trial)).catch(unless('ENOENT'));
    }
  }

  async names(): Promise<readonly string[]> {
    return readdir(this.#path);
  }

  /** Also what a crash left of it. */
  async remove(name: string): Promise<void> {
    await this.removeTemporary(name);
    await unlink(this.#at(name)).catch(unless('ENOENT'));
  }

  /** What a crash left of a file or link that was being replaced. */
  async removeTemporary(name: string): Promise<void> {
    await unlink(this.#at(temporaryOf(name))).catch(unless('ENOENT'));
  }

  /** Where it is empty. */
  async removeFolder(name: string): Promise<void> {
    await rmdir(this.#at(name)).catch(unless('ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'));
  }

  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #byRename(name: string, make: (temporary: string) => Promise<void>): Promise<void> {
    const temporary = temporaryOf(name);
    try {
      await this.removeTemporary(name);
      await make(temporary);
      await rename(this.#at(temporary), this.#at(name));
    } catch (error) {
      await unlink(this.#at(temporary)).catch(() => undefined);
      throw error;
    }
  }

  #at(name: string): string {
    return join(this.#path, name);
  }
}

/** One that no outlet can have, and always the same: the next attempt replaces what a crash left. */
function temporaryOf(name: string): string {
  return `..keyplane.${name}`;
}

/** Of the folders that `..data` links to, which no outlet can have either. */
export const dataFolderPattern = /^\.\.keyplane-[0-9a-f]{16}$/;

export function newDataFolderName(): string {
  return `..keyplane-${randomBytes(8).toString('hex')}`;
}

function unless(...codes: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (codes.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  };
}

export class ProjectFolder {
  readonly #outletDir: string;
  readonly #project: string;

  /** @param project its name, which a file system may have no room for */
  constructor(outletDir: string, project: string) {
    this.#outletDir = outletDir;
    this.#project = project;
  }

  /**
   * Opens the folder that a path is in.
   * @param path below the folder of the project
   * @param orElse of the innermost folder that exists and the name that it lacks, where `create` is false
   * @returns what `work` or `orElse` returns; undefined where the folder does not exist
   */
  async within<T>(
    path: string,
    create: boolean,
    work: (folder: OpenFolder, name: string) => Promise<T>,
    orElse?: (folder: OpenFolder, missing: string) => Promise<T>,
  ): Promise<T | undefined> {
    const segments = path.split('/');
    const name = segments.pop() ?? '';
    if (![this.#project, ...segments, name].every(isSegment)) {
      throw badRequest(`Path (${path}) of project ${this.#project} is no path below a folder!`);
    }
    let folder = await OpenFolder.at(await realpath(this.#outletDir));
    try {
      for (const segment of [this.#project, ...segments]) {
        const next = await folder.folder(segment, create);
        if (next === undefined) return orElse && (await orElse(folder, segment));
        await folder.close();
        folder = next;
      }
      return await work(folder, name);
    } finally {
      await folder.close().catch(() => undefined);
    }
  }

  /** Whether a file of that size could be written, and the folders that it needs; nothing stays. */
  async tryWrite(path: string, bytes: number): Promise<void> {
    const tryIn = (folder: OpenFolder, name: string) => folder.tryWrite(name, bytes);
    await this.within(path, false, tryIn, tryIn);
  }

  /** Undefined where there is no such plain file. */
  async read(path: string, longest: number): Promise<Buffer | undefined> {
    return this.within(path, false, (folder, name) => folder.read(name, longest));
  }

  /** Whether a file could be touched: one that is there stays as it is, and none is created. */
  async tryTouch(path: string): Promise<void> {
    const isThere = await this.within(path, false, (folder, name) => folder.opensToTouch(name));
    if (isThere !== true) await this.tryWrite(path, 0);
  }

  async touch(path: string): Promise<void> {
    await this.within(path, true, (folder, name) => folder.touch(name, 0o640));
  }
}
