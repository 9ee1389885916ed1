import type { StatsFs } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import type { Examination, Finding } from './finding.ts';

const leastFreeBytes = 512 * 1024 * 1024;
const leastFreeShare = 0.05;
const groupOrOthers = 0o077;

export interface MachinePaths {
  readonly dataDir: string;
  /** Files that only their owner may read. Missing ones are skipped. */
  readonly privateFiles: readonly string[];
}

export async function checkMachine({ dataDir, privateFiles }: MachinePaths): Promise<Examination> {
  const findings: Finding[] = [];
  for (const path of [dataDir, ...privateFiles]) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || (found.mode & groupOrOthers) === 0) continue;
    const mode = (found.mode & 0o777).toString(8).padStart(4, '0');
    findings.push({
      topic: 'machine',
      severity: 'error',
      summary: 'Files and folders that other users can access',
      problem: `${path} has mode ${mode}, so other users can access it.`,
      advice: 'Remove their access: `chmod go= PATH`.',
    });
  }
  const room = await statfs(dataDir).catch(() => undefined);
  // With PostgreSQL and a key from the settings there may be no folder.
  if (room === undefined) return { findings, looked: {} };
  const { findings: ofSpace, looked } = checkRoom(dataDir, room);
  return { findings: [...findings, ...ofSpace], looked };
}

type Room = Pick<StatsFs, 'bavail' | 'blocks' | 'bsize'>;

export function checkRoom(dataDir: string, { bavail, blocks, bsize }: Room): Examination {
  const freeBytes = bavail * bsize;
  const freeMiB = Math.floor(freeBytes / 1024 / 1024);
  const looked = { 'free MiB': freeMiB };
  if (freeBytes >= leastFreeBytes && bavail >= blocks * leastFreeShare) return { findings: [], looked };
  const finding: Finding = {
    topic: 'machine',
    severity: 'warning',
    summary: 'Little free disk space',
    problem: `Only ${freeMiB} MiB are free on the disk of ${dataDir}.`,
    advice: 'Free disk space: on a full disk the manager cannot store changes.',
  };
  return { findings: [finding], looked };
}
