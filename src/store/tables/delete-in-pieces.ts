import { sql } from 'kysely';
import type { Database, Tables } from '../database-schema.ts';

/** Rows that belong to a deleted object, distinguished by `key`. */
export interface Piece {
  readonly table: keyof Tables;
  readonly key: string;
  /** How many go in one statement. */
  readonly limit: number;
}

/**
 * Deletes dependent rows before the row itself: a cascade is one statement, which blocks the event loop while an
 * in-process database runs it.
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
