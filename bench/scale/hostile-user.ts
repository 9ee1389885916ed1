// A user who always has the given number of requests in progress, in its own process, so that the cost of sending them
// does not affect the measurement.

import process from 'node:process';
import { Pool } from 'undici';

export interface Hostility {
  readonly url: string;
  readonly path: string;
  readonly token: string;
  /** JSON, in which `{name}` becomes another name in each request. */
  readonly body: string;
  readonly underWay: number;
  readonly prefix: string;
}

export interface Counts {
  readonly sent: number;
  readonly answered: number;
}

let sent = 0;
let answered = 0;

async function client({ path, token, body, prefix }: Hostility, pool: Pool): Promise<never> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  for (;;) {
    sent += 1;
    const name = `${prefix}-${sent}`;
    const answer = await pool.request({ method: 'POST', path, headers, body: body.replace('{name}', name) });
    await answer.body.dump();
    answered += 1;
    // A client waits when the server asks it to.
    const waitSeconds = Number(answer.headers['retry-after'] ?? 0);
    if (answer.statusCode === 429) await new Promise((resolve) => setTimeout(resolve, waitSeconds * 1_000));
  }
}

process.on('message', (message: Hostility | 'count') => {
  if (message !== 'count') {
    const pool = new Pool(message.url, { connections: message.underWay, pipelining: 1 });
    for (let number = 0; number < message.underWay; number += 1) {
      client(message, pool).catch((error: unknown) => {
        process.stderr.write(`A hostile client ended: ${error}\n`);
      });
    }
  }
  process.send?.({ sent, answered } satisfies Counts);
});
