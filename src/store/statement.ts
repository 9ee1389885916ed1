// Statements that are compiled once a dialect. Kysely builds and compiles a query anew each time, which costs
// more than SQLite needs to insert a row; here it is built once from placeholders, then only given its values.

import type { Compilable, CompiledQuery } from 'kysely';
import type { Query } from './engine.ts';
import { leaseOf } from './lease.ts';
import type { Database } from './tables.ts';

class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export interface Statement<Values, Row> {
  all(database: Database, values: Values): Promise<readonly Row[]>;
  first(database: Database, values: Values): Promise<Row | undefined>;
  /** For what has no answer: the database may fail it later, at the next statement or at the end of the work. */
  send(database: Database, values: Values): Promise<void>;
  /** Returns how many rows it changed. */
  run(database: Database, values: Values): Promise<number>;
}

/**
 * `build` is called with placeholders in the shape of the first values, so it must not look into them,
 * and all calls must bring the same members.
 */
export function statement<Values extends object, Row>(
  build: (database: Database, values: Values) => Compilable<Row>,
): Statement<Values, Row> {
  const compiledFor = new WeakMap<object, CompiledQuery<Row>>();

  function compiled(database: Database, values: Values): CompiledQuery<Row> {
    // The adapter is the one object that all databases of an engine share.
    const { adapter } = database.getExecutor();
    let query = compiledFor.get(adapter);
    if (query === undefined) {
      const placeholders = Object.keys(values).map((name) => [name, new Placeholder(name)]);
      query = build(database, Object.fromEntries(placeholders)).compile();
      compiledFor.set(adapter, query);
    }
    return query;
  }

  function queryOf(database: Database, values: Values): Query {
    const query = compiled(database, values);
    const given = values as Record<string, unknown>;
    const parameters = query.parameters.map((p) => (p instanceof Placeholder ? given[p.name] : p));
    return { sql: query.sql, parameters };
  }

  function execute(database: Database, values: Values) {
    return leaseOf(database).executeQuery<Row>(queryOf(database, values));
  }

  return {
    all: async (database, values) => (await execute(database, values)).rows,
    first: async (database, values) => (await execute(database, values)).rows[0],
    send: (database, values) => leaseOf(database).send(queryOf(database, values)),
    run: async (database, values) => Number((await execute(database, values)).numAffectedRows ?? 0n),
  };
}
