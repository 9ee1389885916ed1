import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { DumpRow } from '../../src/backup/dump-store.ts';
import { restoreBackup } from '../../src/backup/restore-backup.ts';
import { backUp, restore, verifyBackUp } from '../../src/compose/operations.ts';
import type { ManagerConfig } from '../../src/config.ts';
import { newId } from '../../src/new-id.ts';
import { wrapDataKey } from '../../src/sealing/wrapped-keys.ts';
import { newestSchema, restoreInto } from '../../src/store/dump/restore-into.ts';
import type { Stores } from '../../src/store/store.ts';
import { freshDatabases, type TestDatabase, withDatabases } from '../support/databases.ts';
import {
  cleanUpInstallations,
  configOver,
  copyOf,
  everyAnswer,
  type FilledInstallation,
  fillInstallation,
  made,
  scratchFolder,
  start,
  stop,
} from './support/installation.ts';

cleanUpInstallations();

const otherKey = () => randomBytes(32).toString('base64');

withDatabases('a backup', (fresh, kind) => {
  const freshOther = freshDatabases(kind === 'sqlite' ? 'postgres' : 'sqlite');
  let filled: FilledInstallation;
  let file: string;

  beforeAll(async () => {
    filled = await fillInstallation(kind);
  });
  beforeEach(async () => {
    file = join(await scratchFolder(), 'backup');
  });

  /** Settings of a manager over another database, with the master key of the filled one. */
  async function intoFresh(database: TestDatabase): Promise<ManagerConfig> {
    return configOver(database.options, { KEYPLANE_MASTER_KEY: filled.masterKey });
  }

  test.each([
    ['another database of the same kind', () => fresh({ withoutSchema: true })],
    ['a database of the other kind', () => freshOther({ withoutSchema: true })],
  ])('restored into %s answers all as before, with private members', async (_where, target) => {
    const there = await intoFresh(await target());
    await restore(there, { file: filled.backup, replace: false });
    const { api } = await start(there, filled.token);
    expect(await everyAnswer(api)).toEqual(filled.answers);
    expect(JSON.stringify(filled.answers)).toContain('"d":"');
    // It goes on from there: the audit chain, revisions, names.
    await made(api, '/apiops/projects/MyProject/jwks/generate', {
      name: 'after',
      type: 'EC',
      ec: { curveType: 'P256' },
    });
  });

  test('during writes is a consistent snapshot: each JWK with its desired object and its audit record', async () => {
    const { config } = await copyOf(filled, fresh);
    const { api } = await start(config, filled.token);
    let isWriting = true;
    let written = 0;
    const writer = (async () => {
      for (; isWriting; written += 1) {
        await made(api, '/apiops/projects/MyProject/jwks/generate', {
          name: `w${written}`,
          type: 'OCT',
          oct: { keySize: 256 },
        });
      }
    })();
    const seen: number[] = [];
    for (const name of ['a', 'b', 'c']) {
      const { rows } = await backUp(config, `${file}-${name}`);
      seen.push(rows.jwks ?? 0);
      expect(rows.desired_objects).toBe((rows.jwks ?? 0) + 2);
    }
    isWriting = false;
    await writer;
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    const there = await intoFresh(await fresh({ withoutSchema: true }));
    const { rows } = await restore(there, { file: `${file}-c`, replace: false });
    expect(rows.jwks).toBe(seen[2]);
    expect(written).toBeGreaterThan(0);
  });

  test('is for its owner alone, replaces no file and leaves none half written', async () => {
    await backUp(filled.config, file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(backUp(filled.config, file)).rejects.toThrow(/is there already/);
    const folder = join(file, '..');
    await expect(backUp(filled.config, join(folder, 'nowhere', 'backup'))).rejects.toThrow(
      /can not be written \(ENOENT\)/,
    );
    expect(await readdir(folder)).toEqual(['backup']);
  });

  test('shows nothing of what it holds, not even names', async () => {
    const bytes = await readFile(filled.backup);
    for (const text of ['MyProject', 'production', 'admin', 'jwk.', 'kty', 'schemaVersion']) {
      expect(bytes.includes(text)).toBe(false);
    }
  });

  test('is refused with another master key before anything is made or written', async () => {
    const target = await fresh({ withoutSchema: true });
    const key = otherKey();
    const there = await configOver(target.options, { KEYPLANE_MASTER_KEY: key });
    const refused = restore(there, { file: filled.backup, replace: false });
    await expect(refused).rejects.toThrow(/was sealed with another master key/);
    await expect(refused).rejects.not.toThrow(key);
    if (target.options.kind === 'sqlite') expect(await readdir(join(target.options.path, '..'))).toEqual([]);
    await expect(verifyBackUp(there, filled.backup)).rejects.toThrow(/another master key/);
  });

  test('is not made under a master key that is not that of the database', async () => {
    const wrong = await configOver(filled.options, { KEYPLANE_MASTER_KEY: otherKey() });
    await expect(backUp(wrong, file)).rejects.toThrow(/does not open the data in this database/);
    await expect(stat(file)).rejects.toThrow();
  });

  test('is not restored over rows, unless that was asked for', async () => {
    const { config } = await copyOf(filled, fresh);
    const installation = await start(config, filled.token);
    await made(installation.api, '/apiops/projects/', { name: 'Later' });
    await stop(installation);
    await expect(restore(config, { file: filled.backup, replace: false })).rejects.toThrow(
      /not empty .* --replace/,
    );
    await restore(config, { file: filled.backup, replace: true });
    expect(await everyAnswer((await start(config, filled.token)).api)).toEqual(filled.answers);
  });

  test('is not restored while a manager has the database open', async () => {
    const { config } = await copyOf(filled, fresh);
    const installation = await start(config, filled.token);
    const refused = restore(config, { file: filled.backup, replace: true });
    await expect(refused).rejects.toThrow(/A manager (has|is)/);
    await stop(installation);
    await restore(config, { file: filled.backup, replace: true });
  });

  if (kind === 'postgres') {
    test('is restored where the last connection of a manager is just being closed', async () => {
      const { config, database } = await copyOf(filled, fresh);
      const connectionString = database.options.kind === 'postgres' ? database.options.url : undefined;
      const client = new pg.Client({ connectionString, application_name: 'keyplane' });
      await client.connect();
      const closed = setTimeout(300).then(() => client.end());
      await restore(config, { file: filled.backup, replace: true });
      await closed;
      expect(await everyAnswer((await start(config, filled.token)).api)).toEqual(filled.answers);
    });
  }

  test('of which a seal was damaged in the database is not restored', async () => {
    const { config, database } = await copyOf(filled, fresh);
    await database.raw("update jwks set private_members = null where name = 'okp'");
    const other = kind === 'sqlite' ? "x'0102'" : "'\\x0102'";
    await database.raw(`update jwks set private_members = ${other} where name = 'ec'`);
    await backUp(config, file);
    const there = await intoFresh(await fresh({ withoutSchema: true }));
    await expect(restore(there, { file, replace: false })).rejects.toThrow(
      /1 sealed values that do not open/,
    );
    await restore(there, { file: await undamaged(), replace: false });

    async function undamaged(): Promise<string> {
      await database.raw("delete from jwks where name in ('ec', 'okp')");
      await backUp(config, `${file}-2`);
      return `${file}-2`;
    }
  });

  test('of an older schema is brought to the one of today', async () => {
    const database = await fresh({ withoutSchema: true });
    const dataKeys = ['seal', 'audit'] as const;
    const masterKey = randomBytes(32);
    const username = 'somebody of then';
    await restoreInto(database.options, async ({ recreate, stores: { dump } }) => {
      await recreate(2);
      const tables = await dump.tables();
      const insert = async (name: string, rows: DumpRow[]) => {
        const table = tables.find((one) => one.name === name);
        if (table) await dump.insert(table, rows);
      };
      await insert(
        'data_keys',
        dataKeys.map((purpose) => {
          const id = newId();
          return [id, purpose, 1, wrapDataKey(masterKey, { id, key: randomBytes(32) }, purpose), 0];
        }),
      );
      await insert('users', [[newId(), username, 'no hash', 1, 0, 0]]);
    });
    const settings = { KEYPLANE_MASTER_KEY: masterKey.toString('base64') };
    expect(await backUp(await configOver(database.options, settings), file)).toMatchObject({
      schemaVersion: 2,
      rows: { users: 1, data_keys: 2 },
    });
    const target = await fresh({ withoutSchema: true });
    await restore(await configOver(target.options, settings), { file, replace: false });
    const store = await target.open();
    expect(await store.read(({ dump }) => dump.schemaVersion())).toBe(newestSchema);
    expect((await store.read(({ users }) => users.list())).map((user) => user.username)).toEqual([username]);
  });

  test('of a newer schema is refused', async () => {
    const target = await fresh({ withoutSchema: true });
    const refused = restoreBackup<Stores>((work) => restoreInto(target.options, work), {
      file: filled.backup,
      masterKey: Buffer.from(filled.masterKey, 'base64'),
      replace: false,
      newestSchema: newestSchema - 1,
      finish: async () => {},
    });
    await expect(refused).rejects.toThrow(/has schema version \d+, of keyplane .* newer one/);
  });

  test('of which the audit record was cut off in the database is not restored', async () => {
    const { config, database } = await copyOf(filled, fresh);
    await database.raw('delete from audit_records where sequence = 3');
    await backUp(config, file);
    const there = await intoFresh(await fresh({ withoutSchema: true }));
    await expect(restore(there, { file, replace: false })).rejects.toThrow(/audit record .* broken at 3/);
  });

  if (kind === 'postgres') return;
  test('is refused with a bit flipped or bytes missing anywhere, and nothing is written', async () => {
    const bytes = await readFile(filled.backup);
    const target = await intoFresh(await fresh({ withoutSchema: true }));
    const damaged = `${file}-damaged`;
    const tried = async (contents: Buffer) => {
      await writeFile(damaged, contents, { mode: 0o600 });
      await expect(restore(target, { file: damaged, replace: false })).rejects.toThrow(
        /is no backup|of a newer keyplane|another master key|is damaged|is cut off/,
      );
    };
    const header = 16 + 1 + 32 + 32;
    const places = [0, 8, 15, 16, 17, 40, 49, 70, header - 1, header, header + 100, bytes.length >> 1];
    for (const place of [...places, bytes.length - 17, bytes.length - 16, bytes.length - 1]) {
      const flipped = Buffer.from(bytes);
      flipped[place] = (flipped[place] ?? 0) ^ 0x10;
      await tried(flipped);
    }
    for (const length of [0, 10, header - 1, header, header + 15, header + 1000, bytes.length - 1]) {
      await tried(bytes.subarray(0, length));
    }
    await tried(Buffer.concat([bytes, Buffer.of(0)]));
    expect(await readdir(target.dataDir)).toEqual([]);
    await writeFile(damaged, bytes);
    await restore(target, { file: damaged, replace: false });
  });
});
