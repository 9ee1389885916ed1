import { CompiledQuery } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { DatabaseTransaction, Engine } from '../../src/store/engine.ts';
import { columnTypes } from '../../src/store/migrations/column-types.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import { migrations } from '../../src/store/migrations/steps.ts';
import { openPostgres } from '../../src/store/postgres/postgres.ts';
import { openSqlite } from '../../src/store/sqlite/sqlite.ts';
import { openStore, type StoreOptions } from '../../src/store/store.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';
import { insertRow, type OlderTable, tablesOf } from './older-manager.ts';

const older = migrations.slice(0, 2);
const olderTables = tablesOf(older);
/** Tables whose rows carry a MAC, which no older manager writes; and the one that refers to one of them. */
const guarded = new Set([
  'projects',
  'environments',
  'desired_objects',
  'environment_states',
  'jwks',
  'certificate_environments',
  'crypto_key_environments',
  'keystore_environments',
]);
const settingTables = olderTables.filter(({ name }) => ['projects', 'environments'].includes(name));
const unguardedTables = olderTables.filter(({ name }) => !guarded.has(name) && name !== 'jwk_refreshes');

async function withEngine<T>(options: StoreOptions, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = options.kind === 'sqlite' ? await openSqlite(options) : await openPostgres(options.url);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

async function inTransaction<T>(
  engine: Engine,
  work: (transaction: DatabaseTransaction) => Promise<T>,
): Promise<T> {
  const transaction = await engine.begin('write');
  const result = await work(transaction).catch(async (error) => {
    await transaction.rollback();
    throw error;
  });
  await transaction.commit();
  return result;
}

async function insertAll(engine: Engine, tables: readonly OlderTable[], suffix: string): Promise<void> {
  await inTransaction(engine, async (transaction) => {
    for (const { name, row } of tables) await insertRow(transaction, engine.name, { name, row: row(suffix) });
  });
}

/** Every row of every table, as an older manager sees it. */
async function rowsSeenBy(engine: Engine, tables: readonly OlderTable[]) {
  const transaction = await engine.begin('read');
  const seen: Record<string, readonly unknown[]> = {};
  for (const { name, columns } of tables) {
    const sql = `select ${columns.join(', ')} from ${name} order by ${columns[0]}`;
    seen[name] = (await transaction.execute(CompiledQuery.raw(sql))).rows;
  }
  await transaction.rollback();
  return seen;
}

const shapes = {
  sqlite: ['select name, sql from sqlite_schema order by name'],
  postgres: [
    `select table_name, column_name, data_type, is_nullable, column_default, collation_name from information_schema.columns where table_schema = 'public' order by 1, 2`,
    `select indexdef from pg_indexes where schemaname = 'public' order by 1`,
  ],
};

async function shapeOf({ options, raw }: TestDatabase): Promise<readonly unknown[]> {
  const versions = await raw('select version from schema_version').catch(() => 'none');
  return [versions, ...(await Promise.all(shapes[options.kind].map((sql) => raw(sql))))];
}

/** Migrates and fails at the statement of this number, from 1, or at the commit after the last. @returns why */
async function interruptedAt(engine: Engine, failAt: number): Promise<string> {
  let said = 0;
  const count = () => {
    said += 1;
    if (said === failAt) throw new Error('interrupted');
  };
  const begin = engine.begin.bind(engine);
  engine.begin = async (mode) => {
    const transaction = await begin(mode);
    const command = transaction.command.bind(transaction);
    transaction.command = async (sql) => {
      count();
      await command(sql);
    };
    transaction.commit = async () => {
      await transaction.rollback();
      throw new Error('interrupted at the commit');
    };
    return transaction;
  };
  try {
    await migrate(engine);
    return 'not interrupted';
  } catch (error) {
    return (error as Error).message;
  } finally {
    engine.begin = begin;
  }
}

withDatabases('an upgrade', (fresh) => {
  test('keeps every row of every table as it was', async () => {
    const { options } = await fresh({ withoutSchema: true });
    await withEngine(options, async (engine) => {
      await migrate(engine, older);
      await insertAll(engine, olderTables, 'kept');
      const before = await rowsSeenBy(engine, olderTables);
      for (const [name, rows] of Object.entries(before)) expect(rows, name).toHaveLength(1);
      await migrate(engine);
      expect(await rowsSeenBy(engine, olderTables)).toEqual(before);
    });
  });

  test('gives ROLE_READ_PRIVATE_KEYS to members with ROLE_API_SECURITY, and to no others', async () => {
    const { options } = await fresh({ withoutSchema: true });
    const cases = [
      ['["ROLE_API_SECURITY"]', '["ROLE_API_SECURITY","ROLE_READ_PRIVATE_KEYS"]'],
      [
        '["ROLE_ADMIN","ROLE_API_SECURITY","ROLE_DEPLOY_UNDEPLOY_PROXIES"]',
        '["ROLE_ADMIN","ROLE_API_SECURITY","ROLE_DEPLOY_UNDEPLOY_PROXIES","ROLE_READ_PRIVATE_KEYS"]',
      ],
      [
        '["ROLE_MANAGE_PROXIES","ROLE_DEPLOY_UNDEPLOY_PROXIES"]',
        '["ROLE_MANAGE_PROXIES","ROLE_DEPLOY_UNDEPLOY_PROXIES"]',
      ],
      ['[]', '[]'],
    ] as const;
    const needed = olderTables.filter(({ name }) => ['users', 'projects', 'members'].includes(name));
    await withEngine(options, async (engine) => {
      await migrate(engine, older);
      for (const [at, [before]] of cases.entries()) {
        await insertAll(engine, needed, `member-${at}`);
        await inTransaction(engine, (transaction) =>
          transaction.command(`update members set roles = '${before}' where user_id = 'users-member-${at}'`),
        );
      }
      await migrate(engine);
      const transaction = await engine.begin('read');
      const sql = 'select roles from members order by user_id';
      const { rows } = await transaction.execute(CompiledQuery.raw(sql));
      await transaction.rollback();
      expect(rows).toEqual(cases.map(([, roles]) => ({ roles })));
    });
  });

  test('knows that a node which was seen before has confirmed something, and one that never was has not', async () => {
    const { options } = await fresh({ withoutSchema: true });
    const needed = olderTables.filter(({ name }) => ['environments', 'nodes'].includes(name));
    await withEngine(options, async (engine) => {
      await migrate(engine, older);
      for (const suffix of ['seen', 'unseen']) await insertAll(engine, needed, suffix);
      await inTransaction(engine, async (transaction) => {
        await transaction.command("update nodes set last_seen_at = 7 where id = 'nodes-seen'");
        await transaction.command("update nodes set last_seen_at = null where id = 'nodes-unseen'");
      });
      await migrate(engine);
      const transaction = await engine.begin('read');
      const sql = 'select id, applied_at, ephemeral from nodes order by id';
      const { rows } = await transaction.execute(CompiledQuery.raw(sql));
      await transaction.rollback();
      expect(rows).toEqual([
        { id: 'nodes-seen', applied_at: 7, ephemeral: 0 },
        { id: 'nodes-unseen', applied_at: null, ephemeral: 0 },
      ]);
    });
  });

  test('rejects the writes of a running older manager that nodes would not get', async () => {
    const { options } = await fresh({ withoutSchema: true });
    await withEngine(options, async (engine) => {
      await migrate(engine, older);
      await insertAll(engine, olderTables, 'kept');
      await migrate(engine);
      const rejected = { detail: expect.stringContaining('this database belongs to a newer keyplane') };
      for (const table of olderTables.filter(({ name }) => guarded.has(name))) {
        await expect(insertAll(engine, [table], 'of-the-older'), table.name).rejects.toMatchObject(rejected);
      }
      for (const table of ['jwks', 'projects', 'environments']) {
        const update = inTransaction(engine, (transaction) =>
          transaction.command(`update ${table} set name = name, updated_at = updated_at + 1`),
        );
        await expect(update, table).rejects.toMatchObject(rejected);
      }
    });
  });

  test('leaves an older manager that is still running all else', async () => {
    const { options } = await fresh({ withoutSchema: true });
    await withEngine(options, async (engine) => {
      await migrate(engine, older);
      await insertAll(engine, settingTables, 'of-the-older');
      await migrate(engine);
      await insertAll(engine, unguardedTables, 'of-the-older');
      await inTransaction(engine, async (transaction) => {
        for (const { name, columns } of unguardedTables) {
          const same = columns.map((column) => `${column} = ${column}`).join(', ');
          const changed = await transaction.execute(CompiledQuery.raw(`update ${name} set ${same}`));
          expect(Number(changed.numAffectedRows), name).toBe(1);
        }
        for (const { name } of unguardedTables.toReversed()) await transaction.command(`delete from ${name}`);
      });
    });
  });

  test('refuses an older manager that starts after it, and leaves the schema as it is', async () => {
    const database = await fresh({ withoutSchema: true });
    await withEngine(database.options, async (engine) => {
      await migrate(engine);
      const shape = await shapeOf(database);
      await expect(migrate(engine, older)).rejects.toThrow('made by a newer keyplane');
      expect(await shapeOf(database)).toEqual(shape);
    });
  });

  // A run that is interrupted later has executed all earlier statements, so what one of them leaves behind is seen at the next
  // interruption, at the latest at that of the commit.
  test.each([
    { from: 0, every: 8 },
    { from: 2, every: 1 },
  ])('from version $from that is interrupted at any statement has not happened', async ({ from, every }) => {
    const database = await fresh({ withoutSchema: true });
    await withEngine(database.options, async (engine) => {
      if (from > 0) await migrate(engine, migrations.slice(0, from));
      if (from > 0) await insertAll(engine, olderTables, 'kept');
      const shape = await shapeOf(database);
      let statements = 0;
      for (let failAt = 1; ; failAt += every) {
        const outcome = await interruptedAt(engine, failAt);
        expect(await shapeOf(database), `statement ${failAt}`).toEqual(shape);
        statements = failAt;
        if (outcome === 'interrupted at the commit') break;
        expect(outcome).toBe('interrupted');
      }
      expect(statements).toBeGreaterThan(from === 0 ? 40 : 8);
      await migrate(engine);
      const finished = await shapeOf(database);
      expect(finished).not.toEqual(shape);
      await migrate(engine);
      expect(await shapeOf(database)).toEqual(finished);
    });
  });
});

withDatabases('a database that keyplane did not make as a whole', (fresh) => {
  test('is refused where it has a table of the same name but no schema version', async () => {
    const database = await fresh({ withoutSchema: true });
    await database.raw('create table users (id text, precious text)');
    await expect(openStore(database.options)).rejects.toThrow(
      /^The database holds a table users but no schema version of keyplane/,
    );
    await database.raw(`insert into users (id, precious) values ('1', 'still there')`);
    expect(await database.raw('select precious from users')).toEqual([{ precious: 'still there' }]);
    await expect(database.raw('select 1 from schema_version')).rejects.toThrow();
  });

  test('is refused where its version was lost', async () => {
    const database = await fresh({ withoutSchema: true });
    await (await database.open()).close();
    await database.raw('delete from schema_version');
    await expect(openStore(database.options)).rejects.toThrow(/no schema version of keyplane/);
  });

  test('is refused where it has two versions', async () => {
    const database = await fresh({ withoutSchema: true });
    await (await database.open()).close();
    await database.raw('insert into schema_version (version) values (1)');
    await expect(openStore(database.options)).rejects.toThrow(
      `does not say which one schema version it has (1, ${migrations.length})`,
    );
  });

  test('is shared with tables of other names', async () => {
    const database = await fresh({ withoutSchema: true });
    await database.raw('create table somebody_elses (id text)');
    await (await database.open()).close();
    expect(await database.raw('select id from somebody_elses')).toEqual([]);
  });
});

describe('a migration after the second', () => {
  const rejecting =
    /^create (trigger (\w+_with_mac|audit_records_close_first) |or replace function keyplane_(reject_older_manager|close_first))/;
  const statements = migrations
    .slice(2)
    .flatMap((migration) => migration(columnTypes.postgres))
    .filter((sql) => !rejecting.test(sql));
  const addition =
    /^(create table (\w+) |create index |create sequence if not exists |alter table \w+ add column \w+ [\w"]+( collate "C")?( not null default \S+)?$)/;

  /** A role more, which an older manager lists and does not ask for; a column that it does not know. */
  const fills: ReadonlySet<string> = new Set([
    `update members set roles = replace(roles, ']', ',"ROLE_READ_PRIVATE_KEYS"]')
    where roles like '%"ROLE_API_SECURITY"%'`,
    'update nodes set applied_at = coalesce(last_seen_at, created_at) where last_seen_at is not null',
  ]);
  const namedBy = (pattern: RegExp) =>
    new Set(statements.flatMap((sql) => pattern.exec(sql)?.slice(1).join('.') ?? []));
  const tables = namedBy(/^create table (\w+) /);
  const columns = namedBy(/^alter table (\w+) add column (\w+) /);
  /** An older manager writes neither the table nor the column. */
  const isUniqueOfNew = (sql: string) => {
    const [, table = '', column = ''] = /^create unique index \w+ on (\w+) \((\w+)[,)]/.exec(sql) ?? [];
    return tables.has(table) || columns.has(`${table}.${column}`);
  };

  test.each(statements.filter((sql) => !fills.has(sql)))('only adds: %.60s', (sql) => {
    if (!isUniqueOfNew(sql)) expect(sql).toMatch(addition);
  });

  test('fills rows only in ways that are listed here, each of which an older manager passes on', () => {
    expect(statements.filter((sql) => !addition.test(sql) && !isUniqueOfNew(sql))).toEqual([...fills]);
  });

  test('is checked, and the check finds a statement that removes or requires something', () => {
    expect(statements.length).toBeGreaterThan(5);
    for (const breaking of [
      'drop table users',
      'alter table users drop column admin',
      'alter table users rename column admin to is_admin',
      'alter table users add column email text not null',
      'alter table users add column email text unique',
      'create unique index users_email on users (email)',
    ]) {
      expect(breaking).not.toMatch(addition);
      expect(isUniqueOfNew(breaking)).toBe(false);
    }
  });
});
