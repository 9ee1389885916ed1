// Statements without a result that wait for the next one whose result is needed, or for the commit. Then they are one
// statement, in which the rows of several sendings into one table are together.

import type { Query, Sending } from './engine.ts';

interface Gathered {
  readonly sending: Sending;
  readonly rows: object[];
}

/** PostgreSQL takes 65,535 parameters in a statement. */
const manyValues = 16_384;

export class DeferredWrites {
  #gathered = new Map<object, Gathered>();
  #values = 0;

  add(sending: Sending): void {
    const gathered = this.#gathered.get(sending.statement) ?? { sending, rows: [] };
    gathered.rows.push(...sending.rows);
    for (const row of sending.rows) this.#values += Object.keys(row).length;
    this.#gathered.set(sending.statement, gathered);
  }

  /** There is enough for one statement. */
  get isFull(): boolean {
    return this.#values >= manyValues;
  }

  /** All that were added since the last call; undefined where none was. */
  take(): Query | undefined {
    const gathered = [...this.#gathered.values()];
    this.#gathered = new Map();
    this.#values = 0;
    return inOne(gathered.flatMap(({ sending, rows }) => sending.queriesOf(rows)));
  }
}

/**
 * All parts see the database as it was before them, so none may depend on what another one writes. References between
 * their rows are checked at the end of the whole.
 */
function inOne(queries: readonly Query[]): Query | undefined {
  if (queries.length < 2) return queries[0] && { ...queries[0], isKept: true };
  const key = queries.map(({ sql }) => numberOf(sql)).join(' ');
  const sql = texts.get(key) ?? textOf(queries);
  if (texts.size < mostTexts) texts.set(key, sql);
  return { sql, parameters: queries.flatMap(({ parameters }) => parameters), isKept: true };
}

const mostTexts = 256;
const texts = new Map<string, string>();
/** Of the parts: each statement has one for each of few lengths. */
const numbers = new Map<string, number>();

function numberOf(sql: string): number {
  const number = numbers.get(sql) ?? numbers.size;
  numbers.set(sql, number);
  return number;
}

function textOf(queries: readonly Query[]): string {
  let before = 0;
  const parts = queries.map(({ sql, parameters }, index) => {
    const first = before;
    before += parameters.length;
    const text = sql.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + first}`);
    return index < queries.length - 1 ? `part${index} as (${text})` : text;
  });
  return `with ${parts.slice(0, -1).join(', ')} ${parts.at(-1)}`;
}
