// Statements that are compiled once per dialect. Kysely builds and compiles a query on each call, which costs more than
// SQLite needs to insert a row; here it is built once from placeholders and later calls only bind values.

import type { Compilable, CompiledQuery } from 'kysely';
import type { Database } from './database-schema.ts';
import type { Query } from './engine.ts';
import { inChunksOnce } from './tables/in-chunks.ts';
import { scopeOf } from './transaction-scope.ts';

/** Stands for one member of a statement's values. */
class Placeholder {
  readonly name: string;
  /** The item of a list that the member belongs to. */
  readonly index: number;

  constructor(name: string, index = 0) {
    this.name = name;
    this.index = index;
  }
}

export interface Statement<Values, Row> {
  all(database: Database, values: Values): Promise<readonly Row[]>;
  first(database: Database, values: Values): Promise<Row | undefined>;
  /** For statements without a result: a failure is thrown by the next statement or at the end of the transaction. */
  send(database: Database, values: Values): Promise<void>;
  /** Returns how many rows it changed. */
  run(database: Database, values: Values): Promise<number>;
}

/**
 * `build` is called with placeholders in the shape of the first values, so it must not inspect them, and all calls must
 * pass the same members.
 */
export function statement<Values extends object, Row>(
  build: (database: Database, values: Values) => Compilable<Row>,
  options: QueryTraits = {},
): Statement<Values, Row> {
  const compiledFor = new WeakMap<object, CompiledQuery<Row>>();
  return over(
    (database, values: Values) => {
      // The adapter is the one object that all databases of an engine share.
      const { adapter } = database.getExecutor();
      let query = compiledFor.get(adapter);
      if (query === undefined) {
        query = build(database, placeholders(values)).compile();
        compiledFor.set(adapter, query);
      }
      return { query, lists: [values] };
    },
    { ...options, piecesOf: (lists) => lists as readonly Values[] },
  );
}

/**
 * The same for a list, compiled once for each length: pass lists of few different lengths (`in-chunks.ts`), whose items
 * all have the shape of the first one.
 */
export function listStatement<Item extends object, Row>(
  build: (database: Database, items: readonly Item[]) => Compilable<Row>,
  options: ListOptions<Item> = {},
): Statement<readonly Item[], Row> {
  const compiledFor = new WeakMap<object, Map<number, CompiledQuery<Row>>>();
  const { together = (items) => items, ...traits } = options;
  return over(
    (database, items: readonly Item[]) => {
      const { adapter } = database.getExecutor();
      const ofLength = compiledFor.get(adapter) ?? new Map<number, CompiledQuery<Row>>();
      compiledFor.set(adapter, ofLength);
      let query = ofLength.get(items.length);
      if (query === undefined) {
        query = build(database, items.map(placeholders)).compile();
        ofLength.set(items.length, query);
      }
      return { query, lists: items };
    },
    { ...traits, piecesOf: (lists) => [...inChunksOnce(together(lists as readonly Item[]))] },
  );
}

export type QueryTraits = Pick<Query, 'standsAlone' | 'isKept'>;

export interface ListOptions<Item> extends QueryTraits {
  /** What the items of several sendings become where they are sent as one. */
  readonly together?: (items: readonly Item[]) => readonly Item[];
}

/** For rows that are put over earlier ones: one statement puts each only once. */
export function latestOfEach<Row>(keyOf: (row: Row) => string): (rows: readonly Row[]) => readonly Row[] {
  return (rows) => [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

function placeholders<Values extends object>(values: Values, index?: number): Values {
  return Object.fromEntries(
    Object.keys(values).map((name) => [name, new Placeholder(name, index)]),
  ) as Values;
}

interface Given<Row> {
  readonly query: CompiledQuery<Row>;
  readonly lists: readonly object[];
}

interface Sent<Values> extends QueryTraits {
  /** @param lists of several calls */
  piecesOf(lists: readonly object[]): readonly Values[];
}

function over<Values, Row>(
  given: (database: Database, values: Values) => Given<Row>,
  { piecesOf, ...traits }: Sent<Values>,
): Statement<Values, Row> {
  function queryOf(database: Database, values: Values): Query {
    const { query, lists } = given(database, values);
    const parameters = query.parameters.map((p) =>
      p instanceof Placeholder ? (lists[p.index] as Record<string, unknown>)[p.name] : p,
    );
    return { sql: query.sql, parameters, ...traits };
  }

  function execute(database: Database, values: Values) {
    return scopeOf(database).executeQuery<Row>(queryOf(database, values));
  }

  return {
    all: async (database, values) => (await execute(database, values)).rows,
    first: async (database, values) => (await execute(database, values)).rows[0],
    send(database, values) {
      const { query, lists } = given(database, values);
      const queriesOf = (rows: readonly object[]) => piecesOf(rows).map((piece) => queryOf(database, piece));
      return scopeOf(database).send({ statement: given, rows: lists, sql: query.sql, queriesOf });
    },
    run: async (database, values) => Number((await execute(database, values)).numAffectedRows ?? 0n),
  };
}
