// A filling manager that also reports how many statements it gave its database, how much processor time it used, and by
// how much its resident memory grew, each since it was last asked.

import pg from 'pg';
import { SqliteConnection } from '../../src/store/sqlite/sqlite-connection.ts';

export interface Used {
  readonly statements: number;
  readonly cpuMs: number;
  readonly moreBytes: number;
}

let statements = 0;
const { run } = SqliteConnection.prototype;
SqliteConnection.prototype.run = function counted(this: SqliteConnection, ...args: Parameters<typeof run>) {
  statements += 1;
  return run.apply(this, args);
} as typeof run;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
  statements += 1;
  return Reflect.apply(query, this, args);
} as typeof query;

let before = process.cpuUsage();
let residentBytes = process.memoryUsage.rss();

function used(): Used {
  const { user, system } = process.cpuUsage(before);
  before = process.cpuUsage();
  const moreBytes = process.memoryUsage.rss() - residentBytes;
  const answer = { statements, cpuMs: (user + system) / 1e3, moreBytes };
  statements = 0;
  residentBytes += moreBytes;
  return answer;
}

process.on('message', (question: unknown) => {
  if (question === 'used') process.send?.(used());
});

await import('../nodes/filling-manager.ts');
