// Brings the schema to the one this program knows: numbered steps, forward only, all in one transaction that
// holds the writer's lock, so of two managers that start at once one does the work and the other finds it done.
// It refuses a schema that is newer than the program, and tables that no finished migration left behind: their rows
// belong to another program or to a part of a backup.

import { CompiledQuery } from 'kysely';
import { faultPoints } from '../../runtime/fault-points.ts';
import type { DatabaseTransaction, Engine } from '../engine.ts';
import { columnTypes, type Migration } from './column-types.ts';
import { migrations } from './steps.ts';

export const newestSchema = migrations.length;

/**
 * @param known what this program knows, oldest first; another list only where a test plays an older program
 * @throws Error that says what to do, where the schema is none of these; DatabaseFailure
 */
export async function migrate(engine: Engine, known: readonly Migration[] = migrations): Promise<void> {
  const transaction = await engine.begin('write');
  try {
    await migrateWithin(transaction, engine.name, known);
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
  await transaction.commit();
}

/** The same within a transaction that writes; to an older version, too, as a restore needs it. */
export async function migrateWithin(
  transaction: DatabaseTransaction,
  dialect: Engine['name'],
  known: readonly Migration[],
): Promise<void> {
  const found = await schemaVersion(transaction, dialect);
  refuseNewer(found, known.length);
  if (found === 0) await refuseStrangeTables(transaction, dialect, known);
  for (const migration of known.slice(found)) {
    for (const sql of migration(columnTypes[dialect])) {
      faultPoints.migrationStatement.publish(undefined);
      await transaction.command(sql);
    }
  }
  if (found < known.length) {
    await transaction.command('delete from schema_version');
    await transaction.command(`insert into schema_version (version) values (${known.length})`);
  }
}

/** @throws Error that says what to do */
export function refuseNewer(found: number, newest = newestSchema): void {
  if (found <= newest) return;
  throw new Error(
    `The database has schema version ${found}, made by a newer keyplane; this one knows versions up to ${newest}. Start the newer keyplane, or restore a backup from before it.`,
  );
}

async function schemaVersion(transaction: DatabaseTransaction, dialect: Engine['name']): Promise<number> {
  const { integer, strict } = columnTypes[dialect];
  await transaction.command(
    `create table if not exists schema_version (version ${integer} not null primary key)${strict}`,
  );
  const { rows } = await transaction.execute<{ version: number }>(
    CompiledQuery.raw('select version from schema_version order by version'),
  );
  const versions = rows.map(({ version }) => version);
  const [version = 0] = versions;
  if (versions.length > 1 || version < 0) {
    throw new Error(
      `The database does not say which one schema version it has (${versions.join(', ')}). Restore it from a backup.`,
    );
  }
  return version;
}

const tableNames = Object.freeze({
  sqlite: "select name from sqlite_schema where type = 'table'",
  postgres: 'select tablename as name from pg_tables where schemaname = current_schema()',
});

/** Version 0 is an empty database, or at least one without a table of ours. */
async function refuseStrangeTables(
  transaction: DatabaseTransaction,
  dialect: Engine['name'],
  known: readonly Migration[],
): Promise<void> {
  const statements = known.flatMap((migration) => migration(columnTypes[dialect]));
  const ours = new Set(statements.map((sql) => /^create table (\w+)/.exec(sql)?.[1]));
  const { rows } = await transaction.execute<{ name: string }>(CompiledQuery.raw(tableNames[dialect]));
  const strange = rows.map(({ name }) => name).find((name) => ours.has(name));
  if (strange === undefined) return;
  throw new Error(
    `The database holds a table ${strange} but no schema version of keyplane: it is another program's, or was restored in part. Give keyplane an empty database, or restore a complete backup.`,
  );
}
