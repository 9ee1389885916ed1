// Two nodes on one data directory would write over each other's copy. The lock is a file with the process that
// holds it; a process that ended without giving it back is told from a later one with the same number by when it
// started. It guards one machine: containers that share a directory do not see each other's processes.

import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badRequest } from '../../errors.ts';

export interface DataDirLock {
  release(): Promise<void>;
}

/** @throws KeyplaneError `bad_request` while another node holds it */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const path = join(dataDir, 'node.lock');
  const mark = randomBytes(6).toString('hex');
  const own = JSON.stringify({ process: process.pid, started: await startOf(process.pid), mark });
  const draft = `${path}.${mark}`;
  await writeFile(draft, own, { mode: 0o600 });
  try {
    while (!(await claim(draft, path))) {
      const holder = await readFile(path, 'utf8').catch(() => undefined);
      if (holder === undefined) continue;
      const { alive, pid } = await judge(holder);
      if (alive) {
        throw badRequest(
          `Another node (process ${pid}) uses this data directory. Stop it, or give this one another --data-dir.`,
        );
      }
      await removeStale(path, holder, mark);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return {
    async release() {
      if ((await readFile(path, 'utf8').catch(() => undefined)) === own) await rm(path, { force: true });
    },
  };
}

/** A link is made complete or not at all, and never over another. */
async function claim(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function judge(holder: string): Promise<{ alive: boolean; pid: number | undefined }> {
  let pid: unknown;
  let started: unknown;
  try {
    ({ process: pid, started } = JSON.parse(holder) as Record<string, unknown>);
  } catch {
    return { alive: false, pid: undefined };
  }
  if (typeof pid !== 'number' || !isRunning(pid)) return { alive: false, pid: undefined };
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
  const taken = await readFile(aside, 'utf8').catch(() => undefined);
  if (taken !== undefined && taken !== stale) await claim(aside, path);
  await rm(aside, { force: true });
}
