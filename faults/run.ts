// The fault suite: does to real processes what machines, networks and clocks do to them, and counts what was lost.
// `npm run faults` runs every scenario of this folder, `npm run faults -- kill disk` those whose name holds a word,
// `--quick` in a small size. Ends with a table, and with code 1 when a promise was broken.

import { readdirSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { alignedTable } from '../bench/markdown-table.ts';
import { endAllProcesses } from '../test/system/support/keyplane-process.ts';
import { removeTemporaryFolders } from '../test/system/support/temporary-folder.ts';
import type { FaultRow, FaultRun, FaultScenario } from './fault-row.ts';
import { stopAllPostgres } from './support/postgres-process.ts';
import { unmountAll } from './support/small-disk.ts';

const [, , ...given] = process.argv;
const quick = given.includes('--quick');
const words = given.filter((word) => !word.startsWith('--'));
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.fault.ts'))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .sort();

if (files.length === 0) {
  process.stderr.write(`No scenario ${words.length > 0 ? `is called ${words.join(' or ')}` : 'is there'}.\n`);
  process.exit(1);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanUp().then(() => process.exit(1)));
process.once('disconnect', () => void cleanUp().then(() => process.exit(1)));

const rows: FaultRow[] = [];
for (const file of files) {
  const name = file.replace('.fault.ts', '');
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  const run: FaultRun = {
    size: ({ full, quick: small }) => (quick ? small : full),
    tell: (text) => void process.stderr.write(`  ${name} ${seconds()} s: ${text}\n`),
  };
  process.stderr.write(`${name}…\n`);
  rows.push(...(await rowsOf(name, run)));
  await cleanUp();
  process.stderr.write(`${name}: ${seconds()} s\n`);
}

const broken = rows.flatMap((row) => row.broken.map((what) => `${row.scenario}: ${what}`));
process.stdout.write(`${machineFacts()}\n\n${faultTable(rows)}`);
if (broken.length > 0) process.stdout.write(`\nBroken:\n${broken.map((what) => `- ${what}\n`).join('')}`);
// A scenario that ran out of time may have left a timer; everything that it started has ended.
process.exit(broken.length === 0 ? 0 : 1);

async function rowsOf(name: string, run: FaultRun): Promise<readonly FaultRow[]> {
  const failed = (what: string): FaultRow => ({
    scenario: name,
    promise: 'it runs',
    figure: '',
    broken: [what],
  });
  try {
    const scenario = (await import(`./${name}.fault.ts`)) as FaultScenario;
    const late = sleep(scenario.limitSeconds * 1000, undefined, { ref: false });
    const ended = await Promise.race([scenario.run(run), late]);
    if (ended === undefined) return [failed(`it had not ended after ${scenario.limitSeconds} s`)];
    return ended.length === 0 ? [failed('it looked at nothing')] : ended;
  } catch (error) {
    return [failed(error instanceof Error ? (error.stack ?? error.message) : String(error))];
  }
}

async function cleanUp(): Promise<void> {
  await endAllProcesses();
  await stopAllPostgres();
  await unmountAll();
  await removeTemporaryFolders();
}

function faultTable(all: readonly FaultRow[]): string {
  const cells = all.map(({ scenario, promise, figure, broken: how }) => [
    scenario,
    promise,
    figure,
    how.length === 0 ? 'kept' : 'BROKEN',
  ]);
  return alignedTable([['scenario', 'promise', 'figure', 'verdict'], ...cells]);
}

function machineFacts(): string {
  const cores = cpus();
  const gigabytes = (totalmem() / 2 ** 30).toFixed(1);
  const system = `${platform()} ${release()} ${arch()}`;
  return `${cores[0]?.model.trim() ?? 'unknown processor'}, ${cores.length} cores, ${gigabytes} GiB, ${system}, Node.js ${process.version}`;
}
