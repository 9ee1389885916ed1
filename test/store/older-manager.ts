// The writes of a manager with an older schema: a row for each of its tables, with every column that it
// knows and no other. Read off its migrations, so that nothing here has to be kept in step with them.

import { CompiledQuery } from 'kysely';
import type { DatabaseTransaction } from '../../src/store/engine.ts';
import type { ColumnTypes, Migration } from '../../src/store/migrations/column-types.ts';

type Value = string | number | Buffer;
type Row = Record<string, Value>;

export interface OlderTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** A row that differs by its suffix, and refers to rows of the same suffix. */
  row(suffix: string): Row;
}

const marks: ColumnTypes = {
  dialect: 'sqlite',
  text: 'TEXT',
  blob: 'BLOB',
  integer: 'INTEGER',
  flag: 'FLAG',
  strict: '',
};

/** In an order in which each finds what it refers to. */
export function tablesOf(migrations: readonly Migration[]): readonly OlderTable[] {
  const statements = migrations.flatMap((migration) => migration(marks));
  const tables = statements.flatMap((sql): OlderTable[] => {
    const name = /^create table (\w+)/.exec(sql)?.[1];
    if (name === undefined) return [];
    const columns = [...sql.matchAll(/^\s*(\w+) (TEXT|BLOB|INTEGER|FLAG)(.*)$/gm)];
    return [
      {
        name,
        columns: columns.map(([, column = '']) => column),
        row: (suffix) =>
          Object.fromEntries(
            columns.map(([, column = '', type = '', more = '']) => [
              column,
              sampleValue(`${/references (\w+)/.exec(more)?.[1] ?? name}-${suffix}`, { column, type, more }),
            ]),
          ),
      },
    ];
  });
  if (tables.length === 0) throw new Error('These migrations make no table');
  return tables;
}

function sampleValue(
  of: string,
  { column, type, more }: { column: string; type: string; more: string },
): Value {
  if (type === 'FLAG') return 1;
  if (type === 'INTEGER') return Number.MAX_SAFE_INTEGER - of.length;
  if (type === 'BLOB') return Buffer.from(`\0${of} ${column}`);
  return more.includes('references') || column === 'id' ? of : `${of} ${column}`;
}

export async function insertRow(
  transaction: DatabaseTransaction,
  dialect: 'sqlite' | 'postgres',
  { name, row }: { readonly name: string; readonly row: Row },
): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map((_, at) => (dialect === 'sqlite' ? '?' : `$${at + 1}`));
  const sql = `insert into ${name} (${columns.join(', ')}) values (${places.join(', ')})`;
  await transaction.execute(CompiledQuery.raw(sql, Object.values(row)));
}
