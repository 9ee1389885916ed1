import { type RawBuilder, sql } from 'kysely';
import type { DumpRow, DumpStore, DumpTable, DumpValue } from '../../backup/dump-store.ts';
import type { Database } from '../database-schema.ts';
import { catalogTables, versionTable } from './catalog.ts';

/** What a page of rows should come to; a row alone may be larger. */
const pageBytes = 4 * 1024 * 1024;
const firstPageRows = 4;
const longestPageRows = 1000;
/** Both dialects bound the parameters of a statement, SQLite at 32,766. */
const parametersPerInsert = 4000;
const bytesPerInsert = 8 * 1024 * 1024;

export class DumpTables implements DumpStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async schemaVersion(): Promise<number> {
    const rows = await this.#all<{ version: number }>(sql`select version from ${sql.table(versionTable)}`);
    return rows[0]?.version ?? 0;
  }

  async tables(): Promise<readonly DumpTable[]> {
    return (await catalogTables(this.#database)).map(({ name, columns }) => ({ name, columns }));
  }

  async *rows(table: DumpTable): AsyncGenerator<readonly DumpRow[]> {
    const found = (await catalogTables(this.#database)).find(({ name }) => name === table.name);
    const key = found?.key ?? [];
    if (key.length === 0) throw new Error(`The table ${table.name} has no primary key to page by`);
    const keyPlaces = key.map((column) => table.columns.indexOf(column));
    let limit = firstPageRows;
    for (let after: DumpRow | undefined; ; ) {
      const page = await this.#page(table, { key, after, limit });
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < limit) return;
      after = keyPlaces.map((place) => last[place] ?? null);
      const widest = Math.max(...page.map(bytesOf));
      limit = Math.max(1, Math.min(longestPageRows, limit * 8, Math.floor(pageBytes / widest)));
    }
  }

  async insert(table: DumpTable, rows: readonly DumpRow[]): Promise<void> {
    const columns = sql.join(table.columns.map((column) => sql.ref(column)));
    for (const piece of pieces(rows, table.columns.length)) {
      const values = sql.join(piece.map((row) => sql`(${sql.join(row)})`));
      await this.#all(sql`insert into ${sql.table(table.name)} (${columns}) values ${values}`);
    }
  }

  async count(table: DumpTable): Promise<number> {
    const rows = await this.#all<{ total: number }>(
      sql`select count(*) as total from ${sql.table(table.name)}`,
    );
    return rows[0]?.total ?? 0;
  }

  async #page(
    { name, columns }: DumpTable,
    page: { readonly key: readonly string[]; readonly after: DumpRow | undefined; readonly limit: number },
  ): Promise<readonly DumpRow[]> {
    const key = sql.join(page.key.map((column) => sql.ref(column)));
    const after = page.after === undefined ? sql`` : sql`where (${key}) > (${sql.join(page.after)})`;
    const rows = await this.#all<Record<string, DumpValue>>(
      sql`select ${sql.join(columns.map((column) => sql.ref(column)))} from ${sql.table(name)} ${after} order by ${key} limit ${page.limit}`,
    );
    return rows.map((row) => columns.map((column) => row[column] ?? null));
  }

  async #all<Row>(query: RawBuilder<unknown>): Promise<readonly Row[]> {
    return (await query.execute(this.#database)).rows as Row[];
  }
}

function* pieces(rows: readonly DumpRow[], columns: number): Generator<readonly DumpRow[]> {
  let piece: DumpRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    piece.push(row);
    bytes += bytesOf(row);
    if ((piece.length + 1) * columns <= parametersPerInsert && bytes < bytesPerInsert) continue;
    yield piece;
    piece = [];
    bytes = 0;
  }
  if (piece.length > 0) yield piece;
}

function bytesOf(row: DumpRow): number {
  return row.reduce<number>((total, value) => total + (Object(value).length ?? 8), 8);
}
