// Create JWK from a pasted EC key, through the whole HTTP API, against what its database can do at best: the same
// rows inserted bare by better-sqlite3, each commit on the disk before the next. In turns, medians.

import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type BenchManager, median, onClients, startBenchManager } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';

const rounds = 7;
const path = '/apiops/projects/Bench/jwks/';
const loads = [
  { clients: 1, creates: 150 },
  { clients: 64, creates: 1_500 },
] as const;

export async function run(): Promise<BenchRow[]> {
  const manager = await startBenchManager(Math.max(...loads.map(({ clients }) => clients)));
  try {
    const rows: BenchRow[] = [];
    for (const load of loads) rows.push(await compare(manager, load));
    return rows;
  } finally {
    await manager.close();
  }
}

interface Load {
  readonly clients: number;
  readonly creates: number;
}

async function compare(manager: BenchManager, { clients, creates }: Load): Promise<BenchRow> {
  await createAll(manager, clients, creates);
  const bare = new BareInserts(manager.dataDir, `bare-${clients}.db`);
  const rates = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    rates.ours.push(await createAll(manager, clients, creates));
    rates.bare.push(bare.insertAll(creates));
  }
  bare.close();
  const [ours, yardstick] = [median(rates.ours), median(rates.bare)];
  const text = (rate: number) => `${Math.round(rate).toLocaleString('en')} /s`;
  return {
    name: `Create JWK, pasted P-256, ${clients} client${clients === 1 ? '' : 's'}`,
    ours: text(ours),
    yardstick: text(yardstick),
    ratio: ours / yardstick,
    note: 'yardstick: bare insert of the same two rows, a full-synchronous commit each; higher is better',
  };
}

let made = 0;

/** @returns creates a second */
async function createAll(manager: BenchManager, clients: number, creates: number): Promise<number> {
  const works = Array.from({ length: creates }, () => {
    made += 1;
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    const body = { name: `jwk-${made}`, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) };
    return () => manager.post(path, body);
  });
  const startedAt = performance.now();
  await onClients(clients, works);
  return (creates / (performance.now() - startedAt)) * 1_000;
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
