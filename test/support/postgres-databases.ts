// Databases of the PostgreSQL that all test files of a run share, and which of the two kinds a test file is run over.

import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { StoreOptions } from '../../src/store/store.ts';
import { postgresIn } from './postgres-server.ts';
import './postgres-global-setup.ts';

/** The kind that this run of the test file is for; files that run once, and benches, are run over SQLite. */
export function databaseKind(): StoreOptions['kind'] {
  return process.env.VITEST === undefined ? 'sqlite' : (inject('database') ?? 'sqlite');
}

/**
 * @param copyOf the URL of another one, which has no connections
 * @returns its URL. What is left when the run ends goes with the server.
 */
export async function createPostgresDatabase(copyOf?: string): Promise<string> {
  const url = new URL(await postgresIn(inject('postgresFolder')));
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const template = copyOf === undefined ? 'template0' : new URL(copyOf).pathname.slice(1);
  await rawPostgres(url.href, `create database ${name} template ${template}`);
  url.pathname = `/${name}`;
  return url.href;
}

/** Ends connections that are left. */
export async function dropPostgresDatabase(database: string): Promise<void> {
  const url = new URL(database);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  await rawPostgres(url.href, `drop database ${name} with (force)`);
}

export async function rawPostgres(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
