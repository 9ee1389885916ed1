import type { StatsFs } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import type { Examination, Finding } from './finding.ts';

const leastFreeBytes = 512 * 1024 * 1024;
const leastFreeShare = 0.05;
const groupOrOthers = 0o077;

export interface MachinePaths {
  readonly dataDir: string;
  /** Those that must be for their owner alone; what is not there is passed over. */
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
      problem: `${path} has mode ${mode}, so others can reach it.`,
      advice: `Run \`chmod ${found.isDirectory() ? '700' : '600'} ${path}\`.`,
    });
  }
  const room = await statfs(dataDir).catch(() => undefined);
  // With PostgreSQL and a key from the settings there may be no folder at all.
  if (room === undefined) return { findings, looked: {} };
  const { findings: ofRoom, looked } = checkRoom(dataDir, room);
  return { findings: [...findings, ...ofRoom], looked };
}

type Room = Pick<StatsFs, 'bavail' | 'blocks' | 'bsize'>;

export function checkRoom(dataDir: string, { bavail, blocks, bsize }: Room): Examination {
  const freeBytes = bavail * bsize;
  const freeMiB = Math.floor(freeBytes / 1024 / 1024);
  const looked = { 'free MiB': freeMiB };
  if (freeBytes >= leastFreeBytes && bavail >= blocks * leastFreeShare) return { findings: [], looked };
  const problem = `Only ${freeMiB} MiB are free where ${dataDir} lies.`;
  const advice = 'Make room: on a full disk nothing can be stored.';
  return { findings: [{ topic: 'machine', problem, advice }], looked };
}
