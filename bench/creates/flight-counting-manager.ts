// A measured manager that also reports how many statements it sent to PostgreSQL and how many round trips it waited for,
// since it was last asked. Statements that were sent before the answer to an earlier one share its round trip.

import pg from 'pg';

export interface Sent {
  readonly statements: number;
  readonly roundTrips: number;
}

let sent = { statements: 0, roundTrips: 0 };
const underWay = new WeakMap<pg.Client, number>();
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
  const before = underWay.get(this) ?? 0;
  const answer = Reflect.apply(query, this, args) as unknown;
  if (!(answer instanceof Promise)) return answer;
  const { statements, roundTrips } = sent;
  sent = { statements: statements + 1, roundTrips: roundTrips + (before === 0 ? 1 : 0) };
  underWay.set(this, before + 1);
  const ended = () => {
    underWay.set(this, (underWay.get(this) ?? 1) - 1);
  };
  answer.then(ended, ended);
  return answer;
} as typeof query;

process.on('message', (question: unknown) => {
  if (question !== 'sent') return;
  process.send?.(sent);
  sent = { statements: 0, roundTrips: 0 };
});

await import('../measured-manager.ts');
