// What tables the database really has: a dump is made of these, so that no migration has to remember it.

import { SqliteAdapter, sql } from 'kysely';
import type { Database } from '../database-schema.ts';
import { columnTypes } from '../migrations/column-types.ts';
import { migrations } from '../migrations/steps.ts';

export interface CatalogTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of the primary key, in its order. */
  readonly key: readonly string[];
}

interface ColumnRow {
  readonly table_name: string;
  readonly column_name: string;
  /** From 1; 0 for a column outside the primary key. */
  readonly key_place: number;
}

interface ReferenceRow {
  readonly child: string;
  readonly parent: string;
}

export const versionTable = 'schema_version';

/** A database may be shared with tables of other programs; these are none of our business. */
const ours: ReadonlySet<string | undefined> = new Set(
  migrations
    .flatMap((migration) => migration(columnTypes.sqlite))
    .map((sql) => /^create table (\w+)/.exec(sql)?.[1]),
);

/** Every table of ours but that of the version, each after those that it refers to. */
export async function catalogTables(database: Database): Promise<readonly CatalogTable[]> {
  const { columns, references } = isSqlite(database) ? sqliteCatalog : postgresCatalog;
  const { rows } = await columns.execute(database);
  const tables = [...Map.groupBy(rows, (row) => row.table_name)].map(([name, own]) => ({
    name,
    columns: own.map((row) => row.column_name),
    key: own
      .filter((row) => row.key_place > 0)
      .sort((a, b) => a.key_place - b.key_place)
      .map((row) => row.column_name),
  }));
  const { rows: refs } = await references.execute(database);
  return parentsFirst(
    tables.filter(({ name }) => ours.has(name)),
    refs,
  );
}

export function isSqlite(database: Database): boolean {
  return database.getExecutor().adapter instanceof SqliteAdapter;
}

function parentsFirst(
  tables: readonly CatalogTable[],
  references: readonly ReferenceRow[],
): readonly CatalogTable[] {
  const ordered = new Map<string, CatalogTable>();
  const visit = (table: CatalogTable, path: readonly string[]): void => {
    if (ordered.has(table.name)) return;
    if (path.includes(table.name))
      throw new Error(`Tables refer to each other in a circle: ${path.join(', ')}`);
    for (const { child, parent } of references) {
      const referred = tables.find(({ name }) => name === parent);
      if (child === table.name && parent !== child && referred) visit(referred, [...path, child]);
    }
    ordered.set(table.name, table);
  };
  for (const table of tables) visit(table, []);
  return [...ordered.values()];
}

const sqliteCatalog = {
  columns: sql<ColumnRow>`select t.name as table_name, c.name as column_name, c.pk as key_place
from sqlite_schema t join pragma_table_info(t.name) c
where t.type = 'table' and t.name not like 'sqlite!_%' escape '!'
order by t.name, c.cid`,
  references: sql<ReferenceRow>`select t.name as child, f."table" as parent
from sqlite_schema t join pragma_foreign_key_list(t.name) f
where t.type = 'table'`,
};

const postgresCatalog = {
  columns: sql<ColumnRow>`select t.relname::text as table_name, a.attname::text as column_name,
  coalesce(array_position(k.conkey, a.attnum), 0) as key_place
from pg_class t
join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
left join pg_constraint k on k.conrelid = t.oid and k.contype = 'p'
where t.relkind in ('r', 'p') and t.relnamespace = current_schema()::regnamespace
order by t.relname, a.attnum`,
  references: sql<ReferenceRow>`select c.relname::text as child, p.relname::text as parent
from pg_constraint f
join pg_class c on c.oid = f.conrelid
join pg_class p on p.oid = f.confrelid
where f.contype = 'f' and c.relnamespace = current_schema()::regnamespace`,
};
