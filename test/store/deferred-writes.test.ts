import { expect, test } from 'vitest';
import { DeferredWrites } from '../../src/store/deferred-writes.ts';
import type { Sending } from '../../src/store/engine.ts';

/** Inserts rows of `{ a }` into a table. */
function inserting(table: string): (...rows: readonly number[]) => Sending {
  const statement = {};
  return (...rows) => ({
    statement,
    rows: rows.map((a) => ({ a })),
    sql: `insert into ${table}`,
    queriesOf: (all) => [
      {
        sql: `insert into ${table} values ${all.map((_, index) => `($${index + 1})`).join(', ')}`,
        parameters: all.map((row) => (row as { a: number }).a),
      },
    ],
  });
}

test('rows for one table are sent together, and those for several in one statement whose parameters are numbered through', () => {
  const [keys, events] = [inserting('keys'), inserting('events')];
  const deferred = new DeferredWrites();
  for (const sending of [keys(1), events(2), keys(3, 4), events(5)]) deferred.add(sending);
  const one = {
    sql: 'with part0 as (insert into keys values ($1), ($2), ($3)) insert into events values ($4), ($5)',
    parameters: [1, 3, 4, 2, 5],
    isKept: true,
  };
  expect(deferred.take()).toEqual(one);
  expect(deferred.take()).toBeUndefined();
  for (const sending of [keys(1, 3, 4), events(2, 5)]) deferred.add(sending);
  expect(deferred.take()).toEqual(one);
});

test('a statement alone is sent as it is', () => {
  const deferred = new DeferredWrites();
  deferred.add(inserting('keys')(7));
  expect(deferred.take()).toEqual({ sql: 'insert into keys values ($1)', parameters: [7], isKept: true });
});

test('it is full before a statement would have more parameters than PostgreSQL takes', () => {
  const deferred = new DeferredWrites();
  const keys = inserting('keys');
  let rows = 0;
  while (!deferred.isFull) {
    deferred.add(keys(...Array<number>(256).fill(0)));
    rows += 256;
  }
  expect(rows).toBeLessThan(65_536 / 2);
  expect(deferred.take()?.parameters).toHaveLength(rows);
  expect(deferred.isFull).toBe(false);
});
