// A pooler takes a connection before it has one of the server for it, and lets it wait when all are taken. A
// transaction on such a connection would wait as long as the slowest statement.

import type pg from 'pg';

/** What pg says when an answer took too long; it has no code for it, and cuts the connection. */
const answerTookTooLong = 'Query read timeout';

/**
 * For a connection that was just made. One that broke is left to its user, who takes the next.
 * @throws Error for the log, when it gets no response in time
 */
export async function refuseUnserved(client: pg.ClientBase, withinMs: number): Promise<void> {
  const ask: pg.QueryConfig & { query_timeout: number } = { text: 'select 1', query_timeout: withinMs };
  try {
    await client.query(ask);
  } catch (error) {
    if ((error as Error).message !== answerTookTooLong) return;
    throw new Error(
      'a connection was made, but nothing is answered on it: a pooler has no more connections to give, or the server hangs',
    );
  }
}
