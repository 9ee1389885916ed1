// Create JWK from a pasted RSA key of 2048 bits, private and public, through the whole HTTP API, on SQLite. 64 clients:
// against the same requests with the commit left out, and with a commit each. One client: against what its database can
// do at best, the same rows inserted bare by better-sqlite3, each commit on the disk before the next. In turns, medians.

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type BenchManager, median, startBenchManager } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import type { CommitMode } from './committing-manager.ts';
import { createAll, type Half, halves, perSecond } from './rsa-keys.ts';

const rounds = 5;
const many = Object.freeze({ clients: 64, creates: 384 });
const one = Object.freeze({ clients: 1, creates: 100 });
const modes = ['in groups', 'left out', 'one each'] as const;

export async function run(): Promise<BenchRow[]> {
  const file = new URL('./committing-manager.ts', import.meta.url);
  const manager = await startBenchManager(many.clients, { file });
  try {
    const rows: BenchRow[] = [];
    for (const half of halves) {
      rows.push(...(await withoutAndEach(manager, half)), await besideBareInserts(manager, half));
    }
    return rows;
  } finally {
    await manager.close();
  }
}

async function withoutAndEach(manager: BenchManager, half: Half): Promise<BenchRow[]> {
  const rates: Record<CommitMode, number[]> = { 'in groups': [], 'left out': [], 'one each': [] };
  await createAll(manager, { half, ...many });
  for (let round = 0; round < rounds; round += 1) {
    for (const commit of modes) {
      await manager.ask({ commit });
      rates[commit].push(await createAll(manager, { half, ...many }));
    }
  }
  await manager.ask({ commit: 'in groups' });
  const ours = median(rates['in groups']);
  const row = (mode: CommitMode, atLeast: number): BenchRow => {
    const yardstick = median(rates[mode]);
    return {
      name: `Create JWK, pasted ${half} RSA 2048, ${many.clients} clients, against commits ${mode}`,
      ours: perSecond(ours),
      yardstick: perSecond(yardstick),
      ratio: ours / yardstick,
      goal: { atLeast },
    };
  };
  return [row('left out', 0.75), row('one each', 4)];
}

async function besideBareInserts(manager: BenchManager, half: Half): Promise<BenchRow> {
  const bare = new BareInserts(manager.dataDir, `bare-${half}.db`);
  const rates = { ours: [] as number[], bare: [] as number[] };
  await createAll(manager, { half, ...one });
  for (let round = 0; round < rounds; round += 1) {
    rates.ours.push(await createAll(manager, { half, ...one }));
    rates.bare.push(bare.insertAll(one.creates));
  }
  bare.close();
  const [ours, yardstick] = [median(rates.ours), median(rates.bare)];
  return {
    name: `Create JWK, pasted ${half} RSA 2048, 1 client`,
    ours: perSecond(ours),
    yardstick: `${perSecond(yardstick)} (bare insert of the same two rows, a full-synchronous commit each)`,
    ratio: ours / yardstick,
    goal: { atLeast: 0.5 },
  };
}

type Row = Record<string, unknown>;

/** The manager's own tables, with their indexes, filled with rows that it wrote. */
class BareInserts {
  readonly #database: Database.Database;
  readonly #insert: (number: number) => void;
  #count = 0;

  constructor(dataDir: string, name: string) {
    const source = new Database(join(dataDir, 'keyplane.db'), { readonly: true });
    const tables = ['jwks', 'audit_records'];
    const schema = source
      .prepare(`select sql from sqlite_master where sql is not null and tbl_name in (?, ?)`)
      .all(...tables) as { sql: string }[];
    const [jwk, record] = tables.map(
      (table) => source.prepare(`select * from ${table} limit 1`).get() as Row,
    );
    source.close();
    if (!jwk || !record) throw new Error('there is no row to copy');
    this.#database = new Database(join(dataDir, name));
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL');
    // The rows they point at stay where they are.
    this.#database.pragma('foreign_keys = OFF');
    for (const { sql } of schema) this.#database.exec(sql);
    const insertJwk = this.#inserter('jwks', jwk);
    const insertRecord = this.#inserter('audit_records', record);
    this.#insert = this.#database.transaction((number: number) => {
      const text = String(number).padStart(12, '0');
      insertJwk.run({ ...jwk, id: `${String(jwk.id).slice(0, -12)}${text}`, name: `jwk-${number}` });
      insertRecord.run({ ...record, sequence: number });
    });
  }

  #inserter(table: string, row: Row) {
    const columns = Object.keys(row);
    const values = columns.map((column) => `@${column}`);
    return this.#database.prepare(
      `insert into ${table} (${columns.join(', ')}) values (${values.join(', ')})`,
    );
  }

  /** @returns inserts a second */
  insertAll(inserts: number): number {
    const startedAt = performance.now();
    for (let index = 0; index < inserts; index += 1) {
      this.#count += 1;
      this.#insert(this.#count);
    }
    return (inserts / (performance.now() - startedAt)) * 1_000;
  }

  close(): void {
    this.#database.close();
  }
}
