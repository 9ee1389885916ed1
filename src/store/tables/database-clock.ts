import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database-schema.ts';
import { isSqlite } from '../dump/catalog.ts';

/**
 * Milliseconds since 1970 by the clock of the database: the one clock that all managers share. Of PostgreSQL it is
 * the time of the statement's own run, not of the transaction's begin, which may have waited long for its lock.
 */
export function databaseNow(database: Database): RawBuilder<number> {
  return isSqlite(database)
    ? sql<number>`cast(unixepoch('subsec') * 1000 as integer)`
    : sql<number>`cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint)`;
}
