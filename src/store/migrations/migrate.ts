// Brings the schema to the one this program knows: numbered steps, forward only, all in one transaction that
// holds the writer's lock, so of two managers that start at once one does the work and the other finds it done.
// It refuses a schema that is newer than the program.

import { CompiledQuery } from 'kysely';
import { moments } from '../../moments.ts';
import type { DatabaseTransaction, Engine } from '../engine.ts';
import { firstSchema } from './0001-first-schema.ts';
import { followedUrls } from './0002-followed-urls.ts';
import { severalManagers } from './0003-several-managers.ts';
import { wrappedNext } from './0004-wrapped-next.ts';
import { divergedNodes } from './0005-diverged-nodes.ts';
import { columnTypes, type Migration } from './column-types.ts';

/** The place in the list, from 1, is the version. */
const migrations: readonly Migration[] = [
  firstSchema,
  followedUrls,
  severalManagers,
  wrappedNext,
  divergedNodes,
];

/** @throws Error that says what to do, where the schema is newer; DatabaseFailure */
export async function migrate(engine: Engine): Promise<void> {
  const transaction = await engine.begin('write');
  try {
    const found = await schemaVersion(transaction, engine);
    if (found > migrations.length) {
      throw new Error(
        `The database has schema version ${found}, made by a newer keyplane; this one knows versions up to ${migrations.length}. Start the newer keyplane, or restore a backup from before it.`,
      );
    }
    for (const migration of migrations.slice(found)) {
      for (const sql of migration(columnTypes[engine.name])) {
        moments.migrationStatement.publish(undefined);
        await transaction.command(sql);
      }
    }
    if (found < migrations.length) {
      await transaction.command('delete from schema_version');
      await transaction.command(`insert into schema_version (version) values (${migrations.length})`);
    }
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
  await transaction.commit();
}

async function schemaVersion(transaction: DatabaseTransaction, engine: Engine): Promise<number> {
  const { integer, strict } = columnTypes[engine.name];
  await transaction.command(
    `create table if not exists schema_version (version ${integer} not null primary key)${strict}`,
  );
  const { rows } = await transaction.execute<{ version: number }>(
    CompiledQuery.raw('select version from schema_version'),
  );
  return rows[0]?.version ?? 0;
}
