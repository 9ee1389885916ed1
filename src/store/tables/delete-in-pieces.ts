import { sql } from 'kysely';
import type { Database, Tables } from '../database-schema.ts';

/** Rows that belong to something that is deleted, told apart within it by `key`. */
export interface Piece {
  readonly table: keyof Tables;
  readonly key: string;
  /** How many go in one statement. */
  readonly limit: number;
}

/**
 * Deletes what belongs to a row before the row itself goes: a cascade of the database is one statement, and holds the
 * event loop for as long as it takes where the database is at hand.
 */
export async function deleteInPieces(
  database: Database,
  { column, id, pieces }: { readonly column: string; readonly id: string; readonly pieces: readonly Piece[] },
): Promise<void> {
  for (const { table, key, limit } of pieces) {
    const own = sql`${sql.ref(column)} = ${id}`;
    const some = sql`select ${sql.ref(key)} from ${sql.table(table)} where ${own} limit ${limit}`;
    const step = sql`delete from ${sql.table(table)} where ${own} and ${sql.ref(key)} in (${some})`;
    for (let deleted = limit; deleted >= limit; ) {
      const { numAffectedRows = 0n } = await step.execute(database);
      deleted = Number(numAffectedRows);
    }
  }
}
