// An artifact as files: each replaced as a whole, or all of them by one change of a symbolic link, as Kubernetes lays out its
// volumes. What is there already is left as it is.

import type { Artifact } from '../content/artifact.ts';
import { isSegment } from './outlet-path.ts';
import {
  dataFolderPattern,
  newDataFolderName,
  type OpenFolder,
  type ProjectFolder,
} from './project-folder.ts';

export interface FileDelivery {
  /** Of the file, or of the folder. */
  readonly path: string;
  readonly artifact: Artifact;
  readonly mode: number;
  readonly force: boolean;
  /** Files of the folder that earlier deliveries wrote. */
  readonly formerNames: readonly string[];
}

/** @returns whether anything was written or removed */
export async function deliverByRename(
  project: ProjectFolder,
  { path, artifact, mode, force, formerNames }: FileDelivery,
  prepare: () => Promise<void>,
): Promise<boolean> {
  const { within, files } = placed(path, artifact);
  const changed = await project.within(within, true, async (folder) => {
    await removeTemporaries(folder, files.keys());
    const stale: string[] = [];
    for (const [name, bytes] of files) {
      if (force || !(await holds(folder, name, bytes))) stale.push(name);
    }
    const ended =
      artifact.form === 'FILE' ? [] : formerNames.filter((name) => isSegment(name) && !files.has(name));
    if (stale.length === 0 && ended.length === 0) return false;
    await prepare();
    // Files that others refer to come first, the one that names the present key last.
    for (const name of stale) await folder.replace(name, files.get(name) ?? Buffer.alloc(0), mode);
    for (const name of ended) await folder.remove(name);
    await folder.sync();
    return true;
  });
  return changed === true;
}

const dataLink = '..data';

/** @returns whether anything was written or removed */
export async function deliverBySymlink(
  project: ProjectFolder,
  { path, artifact, mode, force, formerNames }: FileDelivery,
  prepare: () => Promise<void>,
): Promise<boolean> {
  const { within, files } = placed(path, artifact);
  const changed = await project.within(within, true, async (folder) => {
    await removeTemporaries(folder, [dataLink, ...files.keys()]);
    await removeOldData(folder).catch(() => undefined);
    const current = await dataFolderOf(folder);
    const isCurrent = !force && current !== undefined && (await holdsAll(folder, current, files));
    const unlinked: string[] = [];
    for (const name of files.keys()) {
      if ((await folder.linkOf(name)) !== `${dataLink}/${name}`) unlinked.push(name);
    }
    const ended =
      artifact.form === 'FILE' ? [] : formerNames.filter((name) => isSegment(name) && !files.has(name));
    if (isCurrent && unlinked.length === 0 && ended.length === 0) return false;
    await prepare();
    if (!isCurrent) {
      try {
        await folder.link(dataLink, await newData(folder, files, mode));
      } catch (error) {
        await removeOldData(folder).catch(() => undefined);
        throw error;
      }
    }
    for (const name of unlinked) await folder.link(name, `${dataLink}/${name}`);
    for (const name of ended) await folder.remove(name);
    await folder.sync();
    await removeOldData(folder);
    return true;
  });
  return changed === true;
}

/** @returns the name of a folder that holds the files */
async function newData(
  folder: OpenFolder,
  files: ReadonlyMap<string, Buffer>,
  mode: number,
): Promise<string> {
  const next = newDataFolderName();
  const data = await folder.folder(next, true);
  try {
    for (const [name, bytes] of files) await data?.create(name, bytes, mode);
    await data?.sync();
  } finally {
    await data?.close();
  }
  return next;
}

/** Whether the files could be written; nothing stays. */
export async function tryFiles(project: ProjectFolder, path: string, artifact: Artifact): Promise<void> {
  const { within, files } = placed(path, artifact);
  const folder = within.slice(0, within.lastIndexOf('/') + 1);
  for (const [name, { length }] of files) await project.tryWrite(`${folder}${name}`, length);
}

/** Removes an outlet's files, and folders that become empty. */
export async function removeFiles(
  project: ProjectFolder,
  {
    path,
    names,
    isFolder,
    layout,
  }: {
    readonly path: string;
    readonly names: readonly string[];
    readonly isFolder: boolean;
    readonly layout: 'RENAME' | 'SYMLINK';
  },
): Promise<void> {
  const own = isFolder ? names.filter(isSegment) : [path.slice(path.lastIndexOf('/') + 1)];
  const within = isFolder ? `${path}/x` : path;
  await project.within(within, false, async (folder) => {
    for (const name of own) await folder.remove(name);
    if (layout === 'SYMLINK') {
      await folder.remove(dataLink);
      await removeOldData(folder);
    }
    await folder.sync();
  });
  const folders = (isFolder ? `${path}/x` : path).split('/').slice(0, -1);
  while (folders.length > 0) {
    await project.within(folders.join('/'), false, (folder, name) => folder.removeFolder(name));
    folders.pop();
  }
}

/**
 * Removes what a crash left: it takes room that a full disk does not have, and readers of a folder may read it. What is right
 * as it is needs no write, so a file system that is read-only is no fault yet.
 */
async function removeTemporaries(folder: OpenFolder, names: Iterable<string>): Promise<void> {
  for (const name of names) await folder.removeTemporary(name).catch(() => undefined);
}

function placed(
  path: string,
  artifact: Artifact,
): { readonly within: string; readonly files: ReadonlyMap<string, Buffer> } {
  if (artifact.form === 'FOLDER') {
    const files = new Map([...artifact.files].filter(([name]) => isSegment(name)));
    return { within: `${path}/x`, files };
  }
  return { within: path, files: new Map([[path.slice(path.lastIndexOf('/') + 1), artifact.bytes]]) };
}

async function holds(folder: OpenFolder, name: string, bytes: Buffer): Promise<boolean> {
  return (await folder.read(name, bytes.length))?.equals(bytes) === true;
}

async function holdsAll(
  folder: OpenFolder,
  dataName: string,
  files: ReadonlyMap<string, Buffer>,
): Promise<boolean> {
  const data = await folder.folder(dataName, false).catch(() => undefined);
  if (data === undefined) return false;
  try {
    for (const [name, bytes] of files) if (!(await holds(data, name, bytes))) return false;
    return (await data.names()).length === files.size;
  } finally {
    await data.close();
  }
}

async function dataFolderOf(folder: OpenFolder): Promise<string | undefined> {
  const name = await folder.linkOf(dataLink);
  return name !== undefined && dataFolderPattern.test(name) ? name : undefined;
}

/** Data folders that no link names, also those that a crash left. */
async function removeOldData(folder: OpenFolder): Promise<void> {
  const current = await dataFolderOf(folder);
  for (const name of await folder.names()) {
    if (!dataFolderPattern.test(name) || name === current) continue;
    const data = await folder.folder(name, false).catch(() => undefined);
    if (data === undefined) {
      await folder.remove(name).catch(() => undefined);
      continue;
    }
    try {
      for (const file of await data.names()) await data.remove(file);
    } finally {
      await data.close();
    }
    await folder.removeFolder(name);
  }
}
