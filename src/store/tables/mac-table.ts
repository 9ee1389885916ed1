import { sql } from 'kysely';
import type { AlteredRow, MacStore } from '../../sealing/mac-store.ts';
import type { Database } from '../database-schema.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import {
  type GuardedRow,
  type GuardedTable,
  guardedRows,
  guardedTables,
  settingRows,
  settingTables,
} from './guarded-rows.ts';

/** What the audit log records of an existing row. */
const changes = ['create', 'update', 'refresh', 'follow', 'detach'];

export class MacTable implements MacStore {
  readonly #database: Database;
  readonly #guard: RowGuard;

  constructor(database: Database, guard: RowGuard) {
    this.#database = database;
    this.#guard = guard;
  }

  any(): Promise<boolean> {
    return this.#anyIn(guardedTables);
  }

  anySetting(): Promise<boolean> {
    return this.#anyIn(settingTables);
  }

  async #anyIn(tables: readonly GuardedTable[]): Promise<boolean> {
    for (const table of tables) {
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
      for (const { table, key, name, of, mac } of page) {
        if (found.length >= limit) return found;
        if (!this.#guard.isAltered(of, mac)) continue;
        const id = Object.values(key).join('/');
        found.push(name === undefined ? { table, id } : { table, id, name });
      }
    }
    return found;
  }

  async fillIn(): Promise<number> {
    await this.#fillSequences();
    await this.#fillSettingSequences();
    return this.#fillAll(guardedRows(this.#database));
  }

  async fillInSettings(): Promise<number> {
    await this.#fillSettingSequences();
    return this.#fillAll(settingRows(this.#database));
  }

  async #fillAll(pages: AsyncIterable<readonly GuardedRow[]>): Promise<number> {
    let count = 0;
    for await (const page of pages) {
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
    await this.#fillSequence('jwks', sql`'jwk'`);
    await this.#fillSequence('materials', sql`materials.kind`);
    const sequence = await this.#guard.auditSequence();
    await this.#database.updateTable('environment_states').set({ audit_sequence: sequence }).execute();
  }

  async #fillSettingSequences(): Promise<void> {
    await this.#fillSequence('projects', sql`'project'`);
    await this.#fillSequence('environments', sql`'environment'`);
  }

  async #fillSequence(
    table: 'jwks' | 'materials' | 'projects' | 'environments',
    kind: ReturnType<typeof sql>,
  ): Promise<void> {
    await sql`update ${sql.table(table)}
set audit_sequence = coalesce((
  select max(sequence) - 1 from audit_records
  where object_id = ${sql.table(table)}.id and object_type = ${kind} and outcome = 'SUCCESS'
    and action in (${sql.join(changes.map((change) => sql`${kind} || ${`.${change}`}`))})
), 0)`.execute(this.#database);
  }
}
