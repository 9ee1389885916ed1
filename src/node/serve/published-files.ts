// The JWK Sets as files, for a web server or CDN: `.well-known/jwks.json`, and `.well-known/jwks.json` below
// `projects/{projectName}` and `projects/{projectName}/views/{viewName}`. Each is replaced atomically, and only when its
// bytes change. When a project or a view is deleted its file is too, also if that happened while the node was stopped.

import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeFile, replaceFile } from '../../runtime/durable-file.ts';
import type { ServeLimit } from '../lease/serve-limit.ts';
import type { NodeLog } from '../node-log.ts';
import type { StateFollower } from '../node-state.ts';
import type { StoredObject } from '../stored-object.ts';
import type { JwkSets } from './jwk-sets.ts';
import { etagOf, type PublishedResponse } from './published-response.ts';

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

const noSets: Pick<JwkSets, 'projects' | 'environment' | 'project' | 'views' | 'view'> = {
  projects: () => [],
  environment: () => undefined,
  project: () => undefined,
  views: () => [],
  view: () => undefined,
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
      // What came after the last poll and before this line would otherwise wait for the next change.
      if (done && (this.#everything || this.#projects.size > 0)) this.#wake();
    });
  }

  /** False when it failed; it is tried again later. */
  async #work(): Promise<boolean> {
    clearTimeout(this.#timer);
    const { sets, clock, log } = this.#options;
    try {
      // Before the files are made: a key that expires while they are written is still in them.
      let { validFromMs, validUntilMs } = sets.validity();
      while (this.#everything || this.#projects.size > 0) {
        ({ validFromMs, validUntilMs } = sets.validity());
        await this.#writeOnce();
      }
      // A key that expires leaves the sets of its project and of the environment. No timer notices a change of the
      // clock, so it is checked in between.
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
      for (const project of projects) await this.#writeProject(sets, project);
      if (everything) await this.#sweep(new Set(sets.projects()));
    } catch (error) {
      this.#everything = true;
      throw error;
    }
  }

  async #writeProject(sets: typeof noSets, project: string): Promise<void> {
    const folder = this.#folderOf('project', { within: 'projects', name: project, project });
    if (folder === undefined) return;
    const views = join(folder, 'views');
    const names = new Set(sets.views(project));
    for (const name of names) {
      const ofView = this.#folderOf('view', { within: join('projects', project, 'views'), name, project });
      const published = sets.view(project, name);
      if (ofView && published) await this.#write(join(ofView, setPath), published);
    }
    await this.#removeViews(views, names);
    const published = sets.project(project);
    if (published) await this.#write(join(folder, setPath), published);
    else await this.#remove(join(folder, setPath));
  }

  /** Names are any letters and digits, `.`, `_`, `-`: as they are, they are what a server makes of the decoded path. */
  #folderOf(
    kind: 'project' | 'view',
    { within, name, project }: { readonly within: string; readonly name: string; readonly project: string },
  ): string | undefined {
    if (Buffer.byteLength(name) > longestFileNameBytes) {
      const text = `a ${kind} has a name too long for a file; its JWK Set is served over HTTP only`;
      this.#options.log.warn({ project, ...(kind === 'view' && { view: name }) }, text);
      return undefined;
    }
    return join(this.#options.directory, within, name);
  }

  async #write(path: string, { pieces, etag }: PublishedResponse): Promise<void> {
    const written = this.#written.get(path);
    if (written === etag) return;
    // An earlier run may have written it.
    const found = written === undefined ? await readFile(path).catch(() => undefined) : undefined;
    if (found === undefined || etagOf([found]) !== etag) {
      await mkdir(dirname(path), { recursive: true });
      await replaceFile(path, Buffer.concat(pieces), { mode: 0o644, temporary: `${path}.new` });
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
    const projects = join(this.#options.directory, 'projects');
    for (const name of await foldersIn(projects)) {
      if (known.has(name)) continue;
      await this.#removeViews(join(projects, name, 'views'), new Set());
      await this.#remove(join(projects, name, setPath));
    }
  }

  /** The sets of views that are not known. */
  async #removeViews(views: string, known: ReadonlySet<string>): Promise<void> {
    let isLeft = false;
    for (const name of await foldersIn(views)) {
      if (known.has(name)) isLeft = true;
      else await this.#remove(join(views, name, setPath));
    }
    if (!isLeft) await rmdir(views).catch(() => undefined);
  }
}

async function foldersIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
