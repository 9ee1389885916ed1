// What the two dialects call the same things. The schema is otherwise the same SQL for both.

export interface ColumnTypes {
  /** For the few statements that differ by more than a type. */
  readonly dialect: 'sqlite' | 'postgres';
  /** Compared and sorted by code point, so that both dialects agree on equal names and on their order. */
  readonly text: string;
  readonly blob: string;
  readonly integer: string;
  readonly flag: string;
  /** Ends a table. SQLite checks column types only with `strict`. */
  readonly strict: string;
}

export const columnTypes: Readonly<Record<'sqlite' | 'postgres', ColumnTypes>> = Object.freeze({
  sqlite: {
    dialect: 'sqlite',
    text: 'text',
    blob: 'blob',
    integer: 'integer',
    flag: 'integer',
    strict: ' strict',
  },
  postgres: {
    dialect: 'postgres',
    text: 'text collate "C"',
    blob: 'bytea',
    integer: 'bigint',
    flag: 'smallint',
    strict: '',
  },
});

/** The statements of one step of the schema. A step that was released is never changed. */
export type Migration = (types: ColumnTypes) => readonly string[];
