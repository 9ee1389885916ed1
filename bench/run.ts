// Runs every bench of this folder and those below, or those whose name holds one of the arguments, one after the other:
// `npm run bench -- keystore`. Each brings its own yardstick; only the ratios mean something on another machine.

import { readdirSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import process from 'node:process';
import type { BenchRow } from './bench-row.ts';
import { markdownTable } from './markdown-table.ts';

const filters = process.argv.slice(2);
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.bench.ts'))
  .filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)))
  .sort();

if (files.length === 0) {
  process.stderr.write(
    `No bench ${filters.length > 0 ? `is called ${filters.join(' or ')}` : 'is there'}.\n`,
  );
  process.exit(1);
}

const rows: BenchRow[] = [];
for (const file of files) {
  process.stderr.write(`${file}… `);
  const startedAt = performance.now();
  try {
    const { run } = (await import(`./${file}`)) as { run: () => Promise<BenchRow[]> };
    const measured = await run();
    if (measured.length === 0) throw new Error('it measured nothing');
    rows.push(...measured);
  } catch (error) {
    process.stderr.write(`${file} failed: ${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  }
  process.stderr.write(`${((performance.now() - startedAt) / 1_000).toFixed(0)} s\n`);
}

process.stdout.write(`${machineFacts()}\n\n${markdownTable(rows)}`);
// A bench may have left a pool or a server behind; the table is out, so nothing is lost.
process.exit();

function machineFacts(): string {
  const cores = cpus();
  const gigabytes = (totalmem() / 2 ** 30).toFixed(1);
  const model = cores[0]?.model.trim() ?? 'unknown processor';
  const system = `${platform()} ${release()} ${arch()}`;
  return `${model}, ${cores.length} cores, ${gigabytes} GiB, ${system}, Node.js ${process.version}, OpenSSL ${process.versions.openssl}`;
}
