// A pooler takes a connection before it has one of the server for it, and lets it wait when all are taken. A
// transaction on such a connection would wait as long as the slowest statement.

import type pg from 'pg';

/** What pg says when an answer took too long; it has no code for it, and cuts the connection. */
const answerTookTooLong = 'Query read timeout';

/**
 * For a connection that was just made. One that broke is left to its user, who takes the next.
 * @returns the process that answers on it
 * @throws Error for the log, when it gets no response in time
 */
export async function refuseUnserved(client: pg.ClientBase, withinMs: number): Promise<number | undefined> {
  const text = 'select pg_backend_pid() as pid';
  const ask: pg.QueryConfig & { query_timeout: number } = { text, query_timeout: withinMs };
  try {
    const { rows } = await client.query<{ pid: number }>(ask);
    return rows[0]?.pid;
  } catch (error) {
    if ((error as Error).message !== answerTookTooLong) return undefined;
    throw new Error(
      'a connection was made, but nothing is answered on it: a pooler has no more connections to give, or the server hangs',
    );
  }
}
