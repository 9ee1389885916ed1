// A filling manager that also tells how many statements it gave its database, and how much processor time it used, each
// since it was last asked.

import pg from 'pg';
import { SqliteConnection } from '../../src/store/sqlite/sqlite-connection.ts';

export interface Used {
  readonly statements: number;
  readonly cpuMs: number;
  readonly residentBytes: number;
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

function used(): Used {
  const { user, system } = process.cpuUsage(before);
  before = process.cpuUsage();
  const answer = { statements, cpuMs: (user + system) / 1e3, residentBytes: process.memoryUsage.rss() };
  statements = 0;
  return answer;
}

process.on('message', (question: unknown) => {
  if (question === 'used') process.send?.(used());
});

await import('../nodes/filling-manager.ts');
