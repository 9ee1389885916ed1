import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Manager, startManager } from '../../src/compose/manager.ts';
import { readManagerConfig } from '../../src/config.ts';
import { openSealing } from '../../src/sealing/open-sealing.ts';
import { openStore } from '../../src/store/store.ts';
import { signedIn, silent, until } from '../support/manager.ts';
import { createPostgresDatabase, dropPostgresDatabase, rawPostgres } from '../support/postgres-databases.ts';
import { adminPassword } from './support/several-managers.ts';

let folder: string;
let database: string;
let running: Manager[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplane-first-'));
  database = await createPostgresDatabase();
  running = [];
});
afterEach(async () => {
  for (const manager of running) await manager.close();
  await dropPostgresDatabase(database);
  await rm(folder, { recursive: true, force: true });
});

const masterKey = randomBytes(32).toString('base64');

async function start(name: string, settings: Readonly<Record<string, string>> = {}): Promise<Manager> {
  const config = readManagerConfig({
    KEYPLANE_PORT: '0',
    KEYPLANE_DATA_DIR: join(folder, name),
    KEYPLANE_DATABASE_URL: database,
    KEYPLANE_ADMIN_PASSWORD: adminPassword,
    KEYPLANE_MASTER_KEY: masterKey,
    ...settings,
  });
  const manager = await startManager(config, silent);
  running.push(manager);
  return manager;
}

const raw = (sql: string) => rawPostgres(database, sql);
const count = async (table: string) => Number((await raw(`select count(*) as n from ${table}`))[0]?.n);
const canSignIn = async ({ url }: Manager) => {
  const api = await signedIn(url, 'admin', adminPassword);
  return (await api('GET', '/apiops/projects/')).status === 200;
};

describe('managers that start on an empty database', () => {
  test('at once all come up, with one set of data keys and one first user', async () => {
    const managers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => start(name)));
    for (const manager of managers) expect(await canSignIn(manager)).toBe(true);
    expect(managers.filter(({ firstAdmin }) => firstAdmin !== undefined)).toHaveLength(1);
    expect(await count('data_keys')).toBe(3);
    expect(await count('users')).toBe(1);
    expect(await count('managers')).toBe(4);
  });

  test('at once with two master keys: those with the one that was first come up, the others are refused', async () => {
    const other = { KEYPLANE_MASTER_KEY: randomBytes(32).toString('base64') };
    const results = await Promise.allSettled([start('a'), start('b', other), start('c'), start('d', other)]);
    const came = results.map(({ status }) => status);
    expect(came[0]).toBe(came[2]);
    expect(came[1]).toBe(came[3]);
    expect(came[0]).not.toBe(came[1]);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason.message).toMatch(/does not open the data/);
    }
  });
});

describe('a manager with another master key', () => {
  test('is refused with one line, whether the key is a value or in a file, and changes nothing', async () => {
    await start('a');
    const before = await raw('select * from data_keys order by id');
    const refused = /^KEYPLANE_MASTER_KEY does not open the data in this database[^\n]*$/;
    const other = { KEYPLANE_MASTER_KEY: randomBytes(32).toString('base64') };
    await expect(start('b', other)).rejects.toThrow(refused);
    // A data directory of its own has no key, and none is made over data that is there.
    await expect(start('c', { KEYPLANE_MASTER_KEY: '' })).rejects.toThrow(
      /^The master key file .*master\.key is missing/,
    );
    expect(await readdir(join(folder, 'c'))).toEqual([]);
    expect(await raw('select * from data_keys order by id')).toEqual(before);
    expect(await count('managers')).toBe(1);
  });
});

describe('a first start that was killed', () => {
  const source = { fromEnvironment: masterKey, defaultFile: '' };
  // PostgreSQL lists those of all databases, and other test files write in theirs meanwhile.
  const advisoryLocks = `pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())`;

  test('amid its schema leaves nothing, and one that waited for it does it all', async () => {
    const killed = new pg.Client({ connectionString: database });
    killed.on('error', () => {});
    await killed.connect();
    await killed.query(`begin; select pg_advisory_xact_lock(${0x6b6579706c61});
      create table schema_version (version bigint not null primary key); create table users (half text)`);
    const waiting = start('a');
    await until(async () => {
      const [locks] = await raw(`select count(*) as n from ${advisoryLocks} and not granted`);
      return Number(locks?.n) > 0;
    }, 'the other one waits');
    await raw(`select pg_terminate_backend(pid) from ${advisoryLocks} and granted`);
    expect(await canSignIn(await waiting)).toBe(true);
  });

  test('after its schema is finished by the next', async () => {
    await (await openStore({ kind: 'postgres', url: database })).close();
    expect(await count('data_keys')).toBe(0);
    expect(await canSignIn(await start('a'))).toBe(true);
  });

  test('after its data keys is finished by the next with the same master key, and refused to another', async () => {
    const store = await openStore({ kind: 'postgres', url: database });
    await openSealing(store, source);
    await store.close();
    const other = { KEYPLANE_MASTER_KEY: randomBytes(32).toString('base64') };
    await expect(start('b', other)).rejects.toThrow(/does not open the data in this database/);
    expect(await count('users')).toBe(0);
    expect(await canSignIn(await start('a'))).toBe(true);
    expect(await count('data_keys')).toBe(3);
  });

  test('with one of its data keys missing is refused', async () => {
    await (await start('a')).close();
    running = [];
    await raw(`delete from data_keys where purpose = 'audit'`);
    await expect(start('a')).rejects.toThrow(/no active data key for the purpose audit/);
  });

  test('with its data keys missing is rejected once a value was sealed', async () => {
    await (await start('a')).close();
    running = [];
    await raw('delete from data_keys');
    await expect(start('a')).rejects.toThrow(/holds sealed data but not the data keys that open it/);
    expect(await count('data_keys')).toBe(0);
  });
});
