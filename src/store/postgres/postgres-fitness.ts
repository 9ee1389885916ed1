// Which PostgreSQL servers and databases keyplane starts on.

import type pg from 'pg';
import { postgresFailure } from './postgres-failure.ts';

/** The oldest that this is tried with. */
const oldestMajor = 14;

/** @throws Error with one line for the operator; DatabaseFailure */
export async function requireSuitableServer(pool: pg.Pool): Promise<void> {
  const asked = `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`;
  let found: { readonly version: number; readonly encoding: string } | undefined;
  try {
    [found] = (await pool.query(asked)).rows;
  } catch (error) {
    throw postgresFailure(error);
  }
  const unsuitable = found && unsuitableServer(found);
  if (unsuitable !== undefined) throw new Error(unsuitable);
}

/** @returns one line for the operator, or undefined */
export function unsuitableServer(server: {
  readonly version: number;
  readonly encoding: string;
}): string | undefined {
  const major = Math.floor(server.version / 10_000);
  if (major < oldestMajor) {
    return `KEYPLANE_DATABASE_URL names a PostgreSQL ${major}. Accepted: version ${oldestMajor} or newer.`;
  }
  if (server.encoding !== 'UTF8') {
    return `KEYPLANE_DATABASE_URL names a database with the encoding ${server.encoding}. Accepted: UTF8.`;
  }
  return undefined;
}
