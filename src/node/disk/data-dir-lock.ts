// Two nodes on one data directory would overwrite each other's copy. The lock names the process that holds it; its
// start time distinguishes a process that ended without releasing the lock from a later one with the same number. It is
// a dangling symbolic link: created atomically and without disk space, so that a node also starts, and serves its copy,
// on a full disk. It works on one machine: containers that share a directory do not see each other's processes.

import { randomBytes } from 'node:crypto';
import { readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { badRequest } from '../../errors.ts';

export interface DataDirLock {
  release(): Promise<void>;
}

/** A holder that was asked to end, or killed, may take this long. */
const endingMs = 5_000;
const lookEveryMs = 50;

/**
 * Waits up to five seconds for a holder to end: a node that is started again at once meets the one before it.
 * @throws KeyplaneError `bad_request` where another node holds it beyond that
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const path = join(dataDir, 'node.lock');
  const mark = randomBytes(6).toString('hex');
  const own = `${process.pid} ${(await statOf(process.pid))?.started ?? '-'} ${mark}`;
  const deadline = performance.now() + endingMs;
  while (!(await claim(own, path))) {
    const holder = await holderOf(path);
    if (holder === undefined) continue;
    const { alive, pid } = await judge(holder);
    if (alive && performance.now() < deadline) {
      await setTimeout(lookEveryMs);
      continue;
    }
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
  const stat = await statOf(pid);
  const alive = stat === undefined || (!stat.hasEnded && stat.started === started);
  return { alive, pid };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface ProcessStat {
  /** Clock ticks from boot to the start of the process. */
  readonly started: string;
  /** It waits for its parent to read how it ended (a zombie, state Z or X), has no files open and runs no more. */
  readonly hasEnded: boolean;
}

/** Fields 3 and 22 of proc(5); undefined where there is no /proc. */
async function statOf(pid: number): Promise<ProcessStat | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the program's name in brackets and may hold blanks and brackets itself.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', started] = [fields?.[0], fields?.[19]];
  return started === undefined ? undefined : { started, hasEnded: /^[ZXx]$/.test(state) };
}

/** Another starter may have removed the stale lock and made its own meanwhile: then that one is put back. */
async function removeStale(path: string, stale: string, mark: string): Promise<void> {
  const renamed = `${path}.stale-${mark}`;
  await rename(path, renamed).catch(() => undefined);
  const taken = await holderOf(renamed);
  if (taken !== undefined && taken !== stale) await claim(taken, path);
  await rm(renamed, { force: true });
}
