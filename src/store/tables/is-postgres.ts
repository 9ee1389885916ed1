import { PostgresAdapter } from 'kysely';
import type { Database } from '../database-schema.ts';

/** Otherwise it is SQLite. */
export function isPostgres(database: Database): boolean {
  return database.getExecutor().adapter instanceof PostgresAdapter;
}
