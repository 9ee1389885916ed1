import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../test/support/free-port.ts';
import { launchPostgres, makeCluster, stopPostgresIn, urlOf } from '../../test/support/postgres-server.ts';

/** A PostgreSQL that waits for its disk, for as long as the work takes; `folder` goes with it. */
export async function withPostgres<T>(
  work: (postgres: { readonly url: string; readonly folder: string }) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-bench-'));
  const port = await freePort();
  try {
    await launchPostgres(makeCluster(folder), { port, fsync: 'on' });
    return await work({ url: urlOf(port), folder });
  } finally {
    await stopPostgresIn(folder);
  }
}

/** An empty one beside that of `url`. @returns its address */
export async function makeDatabase(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const made = new URL(url);
  made.pathname = `/${name}`;
  return made.href;
}
