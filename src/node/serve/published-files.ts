// The JWK Sets as files, for a web server or CDN: `.well-known/jwks.json` and
// `projects/{projectName}/.well-known/jwks.json` below the directory. Each is replaced atomically, and only when its
// bytes change. When a project is deleted its file is too, also if that happened while the node was stopped.

import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeFile, replaceFile } from '../../runtime/durable-file.ts';
import type { ServeLimit } from '../lease/serve-limit.ts';
import type { NodeLog } from '../node-log.ts';
import type { StateFollower } from '../node-state.ts';
import type { StoredObject } from '../stored-object.ts';
import type { JwkSets } from './jwk-sets.ts';
import type { PublishedResponse } from './published-response.ts';

export interface PublishedFilesOptions {
  readonly directory: string;
  readonly sets: JwkSets;
  readonly clock: () => number;
  /** While it is over, there are no files. */
  readonly serveLimit: Pick<ServeLimit, 'isOver'>;
  readonly log: NodeLog;
}

const setPath = join('.well-known', 'jwks.json');
const retryMs = 5_000;
const lookAgainMs = 60_000;
/** Of a file name, on every file system in use. */
const longestFileNameBytes = 255;

const noSets: Pick<JwkSets, 'projects' | 'environment' | 'project'> = {
  projects: () => [],
  environment: () => undefined,
  project: () => undefined,
};

export class PublishedFiles implements StateFollower {
  readonly #options: PublishedFilesOptions;
  readonly #projects = new Set<string>();
  readonly #written = new Map<string, string>();
  #everything = false;
  #working: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: PublishedFilesOptions) {
    this.#options = options;
  }

  replaced(): void {
    this.#everything = true;
    this.#wake();
  }

  changed(removed: readonly StoredObject[], added: readonly StoredObject[]): void {
    for (const { project, setting } of [...removed, ...added]) {
      // Of a setting the files have what the environment's set is; headers are not theirs.
      if (setting) this.#everything = true;
      else this.#projects.add(project);
    }
    this.#wake();
  }

  /** Resolves once what was known at the call is on the disk, or could not be put there. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  /** What is served is on the disk first. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  #wake(): void {
    this.#working ??= this.#work().then((done) => {
      this.#working = undefined;
      // What came after the last look and before this line would otherwise wait for the next change.
      if (done && (this.#everything || this.#projects.size > 0)) this.#wake();
    });
  }

  /** False when it failed; it is tried again later. */
  async #work(): Promise<boolean> {
    clearTimeout(this.#timer);
    const { sets, clock, log } = this.#options;
    try {
      while (this.#everything || this.#projects.size > 0) await this.#writeOnce();
      // A key that expires leaves the sets of its project and of the environment. No timer notices a change of the
      // clock, so it is checked in between.
      const { validFromMs, validUntilMs } = sets.validity();
      if (validUntilMs < Number.POSITIVE_INFINITY || validFromMs > Number.NEGATIVE_INFINITY)
        this.#later(Math.min(validUntilMs - clock(), lookAgainMs));
      return true;
    } catch (error) {
      log.error({ err: error }, 'JWK Sets could not be written to the publish directory; trying again');
      this.#later(retryMs);
      return false;
    }
  }

  #later(waitMs: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.replaced(), Math.max(waitMs, 1));
    this.#timer.unref();
  }

  async #writeOnce(): Promise<void> {
    const { directory, serveLimit } = this.#options;
    const sets = serveLimit.isOver ? noSets : this.#options.sets;
    const everything = this.#everything;
    const projects = everything ? [...sets.projects()] : [...this.#projects];
    this.#everything = false;
    this.#projects.clear();
    try {
      const path = join(directory, setPath);
      const environment = sets.environment();
      if (environment) await this.#write(path, environment);
      else await this.#removeFile(path);
      for (const project of projects) {
        const path = this.#projectPath(project);
        if (path === undefined) continue;
        const published = sets.project(project);
        if (published) await this.#write(path, published);
        else await this.#remove(path);
      }
      if (everything) await this.#sweep(new Set(sets.projects()));
    } catch (error) {
      this.#everything = true;
      throw error;
    }
  }

  /** Names are any letters and digits, `.`, `_`, `-`: as they are, they are what a server makes of the decoded path. */
  #projectPath(project: string): string | undefined {
    if (Buffer.byteLength(project) > longestFileNameBytes) {
      this.#options.log.warn(
        { project },
        'a project has a name too long for a file; its JWK Set is served over HTTP only',
      );
      return undefined;
    }
    return join(this.#options.directory, 'projects', project, setPath);
  }

  async #write(path: string, { body, etag }: PublishedResponse): Promise<void> {
    if (this.#written.get(path) === etag) return;
    if (!(await readFile(path).catch(() => undefined))?.equals(body)) {
      await mkdir(dirname(path), { recursive: true });
      await replaceFile(path, body, { mode: 0o644, temporary: `${path}.new` });
    }
    this.#written.set(path, etag);
  }

  async #removeFile(path: string): Promise<void> {
    this.#written.delete(path);
    await removeFile(path);
    await rmdir(dirname(path)).catch(() => undefined);
  }

  /** Removes its own file and folders that become empty; other files are kept. */
  async #remove(path: string): Promise<void> {
    this.#written.delete(path);
    await removeFile(path);
    for (const folder of [dirname(path), dirname(dirname(path))]) await rmdir(folder).catch(() => undefined);
  }

  async #sweep(known: ReadonlySet<string>): Promise<void> {
    const { directory } = this.#options;
    const found = await readdir(join(directory, 'projects'), { withFileTypes: true }).catch(() => []);
    for (const entry of found) {
      if (entry.isDirectory() && !known.has(entry.name))
        await this.#remove(join(directory, 'projects', entry.name, setPath));
    }
  }
}
