// Two nodes on one data directory would write over each other's copy. The lock names the process that holds it; a
// process that ended without giving it back is told from a later one with the same number by when it started.
// It is a symbolic link to nowhere: made complete or not at all, and it takes no room, so that a node starts, and
// serves what it has, also where its disk is full.
// It guards one machine: containers that share a directory do not see each other's processes.

import { randomBytes } from 'node:crypto';
import { readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { badRequest } from '../../errors.ts';

export interface DataDirLock {
  release(): Promise<void>;
}

/** @throws KeyplaneError `bad_request` while another node holds it */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const path = join(dataDir, 'node.lock');
  const mark = randomBytes(6).toString('hex');
  const own = `${process.pid} ${(await startOf(process.pid)) ?? '-'} ${mark}`;
  while (!(await claim(own, path))) {
    const holder = await holderOf(path);
    if (holder === undefined) continue;
    const { alive, pid } = await judge(holder);
    if (alive) {
      throw badRequest(
        `Another node (process ${pid}) uses this data directory. Stop it, or give this one another --data-dir.`,
      );
    }
    await removeStale(path, holder, mark);
  }
  return {
    async release() {
      if ((await holderOf(path)) === own) await rm(path, { force: true });
    },
  };
}

/** Never over another. */
async function claim(holder: string, path: string): Promise<boolean> {
  try {
    await symlink(holder, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when there is none any more. A keyplane before this one wrote a file of JSON. */
async function holderOf(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code !== 'EINVAL') throw error;
  }
  const text = await readFile(path, 'utf8');
  try {
    const { process: pid, started } = JSON.parse(text) as Record<string, unknown>;
    return `${pid} ${started ?? '-'} file`;
  } catch {
    return 'a file that says nothing';
  }
}

async function judge(holder: string): Promise<{ alive: boolean; pid: number | undefined }> {
  const [number, started] = holder.split(' ');
  const pid = Number(number);
  if (!Number.isInteger(pid) || pid <= 0 || !isRunning(pid)) return { alive: false, pid: undefined };
  const startedNow = await startOf(pid);
  return { alive: startedNow === null || startedNow === started, pid };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Clock ticks from boot to the start of the process (proc(5), field 22); null where there is no /proc. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the program's name in brackets and may hold blanks and brackets itself.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

/** Another starter may have removed the stale lock and made its own meanwhile: then that one is put back. */
async function removeStale(path: string, stale: string, mark: string): Promise<void> {
  const aside = `${path}.stale-${mark}`;
  await rename(path, aside).catch(() => undefined);
  const taken = await holderOf(aside);
  if (taken !== undefined && taken !== stale) await claim(taken, path);
  await rm(aside, { force: true });
}
