import { sql } from 'kysely';
import type { AlteredRow, MacStore } from '../../sealing/mac-store.ts';
import type { Database } from '../database-schema.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { type GuardedRow, guardedRows, guardedTables } from './guarded-rows.ts';

/** What the audit log records of an existing row. */
const changes = ['create', 'update', 'refresh', 'follow', 'detach'];

export class MacTable implements MacStore {
  readonly #database: Database;
  readonly #guard: RowGuard;

  constructor(database: Database, guard: RowGuard) {
    this.#database = database;
    this.#guard = guard;
  }

  async any(): Promise<boolean> {
    for (const table of guardedTables) {
      const { rows } = await sql`select 1 from ${sql.table(table)} where mac is not null limit 1`.execute(
        this.#database,
      );
      if (rows.length > 0) return true;
    }
    return false;
  }

  async altered(limit: number): Promise<readonly AlteredRow[]> {
    const found: AlteredRow[] = [];
    for await (const page of guardedRows(this.#database)) {
      for (const { table, key, of, mac } of page) {
        if (found.length >= limit) return found;
        if (this.#guard.isAltered(of, mac)) found.push({ table, id: Object.values(key).join('/') });
      }
    }
    return found;
  }

  async fillIn(): Promise<number> {
    await this.#fillSequences();
    let count = 0;
    for await (const page of guardedRows(this.#database)) {
      for (const row of page) await this.#fill(row);
      count += page.length;
    }
    return count;
  }

  async #fill({ table, key, of }: GuardedRow): Promise<void> {
    const isRow = sql.join(
      Object.entries(key).map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
      sql` and `,
    );
    await sql`update ${sql.table(table)} set mac = ${this.#guard.mac(of)} where ${isRow}`.execute(
      this.#database,
    );
  }

  /** The sequence before that of the newest record of a change: as a row of this version would have it. */
  async #fillSequences(): Promise<void> {
    const before = (
      table: 'jwks' | 'materials',
      kind: ReturnType<typeof sql>,
    ) => sql`update ${sql.table(table)}
set audit_sequence = coalesce((
  select max(sequence) - 1 from audit_records
  where object_id = ${sql.table(table)}.id and object_type = ${kind} and outcome = 'SUCCESS'
    and action in (${sql.join(changes.map((change) => sql`${kind} || ${`.${change}`}`))})
), 0)`;
    await before('jwks', sql`'jwk'`).execute(this.#database);
    await before('materials', sql`materials.kind`).execute(this.#database);
    const sequence = await this.#guard.auditSequence();
    await this.#database.updateTable('environment_states').set({ audit_sequence: sequence }).execute();
  }
}
