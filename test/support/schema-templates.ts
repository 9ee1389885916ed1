// Databases that have the newest schema and no row: copies of one that was migrated once. To migrate one takes SQLite 50 ms of
// a processor and PostgreSQL 250 ms, a copy a tenth and a third of it. Tests of the migrations start from nothing.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { createPostgresDatabase, databaseKind } from './postgres-databases.ts';
import { postgresIn } from './postgres-server.ts';

/** Any number that keyplane itself does not lock. */
const templateLock = 8_190;

let sqliteTemplate: Promise<Buffer> | undefined;

/** Puts the file there, and its folder; a store that opens it has nothing to migrate. */
export async function createSqliteFile(path: string): Promise<void> {
  sqliteTemplate ??= migratedFile();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, await sqliteTemplate, { mode: 0o600, flag: 'wx' });
}

async function migratedFile(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-template-'));
  try {
    const path = join(folder, 'keyplane.db');
    await (await openStore({ kind: 'sqlite', path })).close();
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

let postgresTemplate: Promise<string> | undefined;

/** @returns the URL of a fresh database */
export async function createMigratedDatabase(): Promise<string> {
  postgresTemplate ??= migratedDatabase();
  return createPostgresDatabase(await postgresTemplate);
}

async function migratedDatabase(): Promise<string> {
  const folder = inject('postgresFolder');
  const server = await postgresIn(folder);
  // The run's own, since the server may be one that other runs use.
  const name = `template_${basename(folder).replace(/\W/g, '_').toLowerCase()}`;
  const urlOf = (database: string) => Object.assign(new URL(server), { pathname: `/${database}` }).href;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    // Of the processes of the run, one makes it, and the others wait.
    await client.query('select pg_advisory_lock($1)', [templateLock]);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) {
      await client.query(`create database ${name}_made template template0`);
      await (await openStore({ kind: 'postgres', url: urlOf(`${name}_made`) })).close();
      await client.query(`alter database ${name}_made rename to ${name}`);
    }
  } finally {
    await client.end();
  }
  return urlOf(name);
}

/**
 * For a manager with this data directory, of the kind that this run of the test file is for.
 * @returns the URL in PostgreSQL; undefined: it is the file that the manager has there
 */
export async function createDatabase(dataDir: string): Promise<string | undefined> {
  if (databaseKind() === 'postgres') return createMigratedDatabase();
  await createSqliteFile(join(dataDir, 'keyplane.db'));
  return undefined;
}
