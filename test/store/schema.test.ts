import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { freshDatabases, withDatabases } from '../support/databases.ts';
import { sampleProject } from './samples.ts';

withDatabases('schema', (fresh) => {
  test('a database that is opened again keeps its schema and its rows', async () => {
    const database = await fresh();
    const project = sampleProject();
    await (await database.open()).write(({ projects }) => projects.insert(project));
    const again = await database.open();
    expect(await again.read(({ projects }) => projects.list())).toEqual([project]);
    expect(await database.raw('select version from schema_version')).toHaveLength(1);
  });

  test('managers that start at once on an empty database all come up', async () => {
    const database = await fresh();
    const stores = await Promise.all(Array.from({ length: 4 }, () => database.open()));
    await Promise.all(stores.map((store) => store.write(({ projects }) => projects.insert(sampleProject()))));
    expect(await stores[0]?.read(({ projects }) => projects.list())).toHaveLength(4);
  });

  test('a schema newer than the program stops the start and stays as it is', async () => {
    const database = await fresh();
    await (await database.open()).close();
    await database.raw('update schema_version set version = 999');
    await expect(openStore(database.options)).rejects.toThrow(
      /schema version 999, made by a newer keyplane; this one knows versions up to \d+/,
    );
    expect(Number((await database.raw('select version from schema_version'))[0]?.version)).toBe(999);
  });
});

const freshFile = freshDatabases('sqlite');

async function openedFile(): Promise<SqliteDatabase.Database> {
  const { open, options } = await freshFile();
  await open();
  return new SqliteDatabase(options.kind === 'sqlite' ? options.path : '', { readonly: true });
}

test('the committed schema is the one that the migrations make', async () => {
  const database = await openedFile();
  const statements = database
    .prepare<[], string>('select sql from sqlite_schema where sql is not null order by rowid')
    .pluck()
    .all();
  database.close();
  expect(statements.length).toBeGreaterThan(20);
  await expect(`${statements.join(';\n')};\n`).toMatchFileSnapshot('../../src/store/schema.sqlite.sql');
});

test('every reference to another table has an index to find it by', async () => {
  const database = await openedFile();
  const references = database
    .prepare<[], { child: string; column: string }>(
      `select t.name as child, f."from" as column
         from pragma_table_list t join pragma_foreign_key_list(t.name) f where t.schema = 'main'`,
    )
    .all();
  const firstColumns = database
    .prepare<[], { child: string; column: string }>(
      `select t.name as child, c.name as column
         from pragma_table_list t join pragma_index_list(t.name) i join pragma_index_info(i.name) c
        where t.schema = 'main' and c.seqno = 0`,
    )
    .all();
  database.close();
  expect(references.length).toBeGreaterThan(10);
  expect(firstColumns).toEqual(expect.arrayContaining(references));
});
