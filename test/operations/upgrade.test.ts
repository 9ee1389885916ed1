// A database from before rows carried a MAC, at the first start of this version.

import { beforeAll, beforeEach, expect, test } from 'vitest';
import { examine } from '../../src/compose/doctor.ts';
import { backUp, restore } from '../../src/compose/operations.ts';
import type { ManagerConfig } from '../../src/config.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';
import {
  cleanUpInstallations,
  configOver,
  copyOf,
  everyAnswer,
  type FilledInstallation,
  fillInstallation,
  masterKeyOf,
  scratchFolder,
  start,
  stop,
} from './support/installation.ts';
import { toSchemaWithoutMacs, toSchemaWithoutSettingMacs } from './support/older-schema.ts';

cleanUpInstallations();

withDatabases('the first start after an upgrade', (fresh, kind) => {
  let database: TestDatabase;
  let config: ManagerConfig;
  let filled: FilledInstallation;
  beforeAll(async () => {
    filled = await fillInstallation(kind);
  });
  beforeEach(async () => {
    ({ database, config } = await copyOf(filled, fresh));
    await toSchemaWithoutMacs(database.options, await masterKeyOf(config));
    await expect(database.raw('select mac from jwks')).rejects.toThrow();
  });

  const problems = async () => (await examine(config)).findings.map(({ problem }) => problem);
  const withoutMac = async () => {
    const placed = ['desired_objects', 'environment_states', 'keystore_environments'];
    const tables = ['jwks', 'projects', 'environments', ...placed];
    const counts = tables.map((table) =>
      database
        .raw(`select count(*) as count from ${table} where mac is null`)
        .then(([row]) => Number(row?.count)),
    );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  };

  test('gives every row a MAC, records that in the audit log, and changes nothing else', async () => {
    const installation = await start(config, filled.token);
    expect(await everyAnswer(installation.api)).toEqual(filled.answers);
    const { body } = await installation.api('GET', '/apiops/audit/?action=installation.protect');
    expect(body.resultList).toMatchObject([
      { actor: 'system', outcome: 'SUCCESS', details: { rows: 14, settings: true } },
    ]);
    expect(await withoutMac()).toBe(0);
    expect(await problems()).toEqual([]);
    await stop(installation);
  });

  test('is the only operation that adds MACs: a row that has none later never gets one', async () => {
    await stop(await start(config, filled.token));
    await database.raw("update jwks set mac = null where name = 'ec'");
    const installation = await start(config, filled.token);
    expect((await installation.api('GET', '/apiops/projects/MyProject/jwks/ec/')).body).toMatchObject({
      reason: 'ALTERED_IN_DATABASE',
    });
    await stop(installation);
    expect(await withoutMac()).toBe(1);
  });

  test('is not needed after a restore, which gives MACs to the rows of an older backup', async () => {
    const file = `${await scratchFolder()}/backup`;
    await backUp(config, file);
    const there = await configOver((await fresh({ withoutSchema: true })).options, {
      KEYPLANE_MASTER_KEY: filled.masterKey,
    });
    await restore(there, { file, replace: false });
    expect((await examine(there)).findings.filter(({ topic }) => topic !== 'machine')).toEqual([]);
    const installation = await start(there, filled.token);
    expect(await everyAnswer(installation.api)).toEqual(filled.answers);
    await stop(installation);
  });
});

withDatabases('the first start after an upgrade from a version whose settings had no MAC', (fresh, kind) => {
  let database: TestDatabase;
  let config: ManagerConfig;
  let filled: FilledInstallation;
  beforeAll(async () => {
    filled = await fillInstallation(kind);
  });
  beforeEach(async () => {
    ({ database, config } = await copyOf(filled, fresh));
    await toSchemaWithoutSettingMacs(database.options, await masterKeyOf(config));
    await expect(database.raw('select mac from projects')).rejects.toThrow();
  });

  const problems = async () => (await examine(config)).findings.map(({ problem }) => problem);
  const protections = async ({ api }: Awaited<ReturnType<typeof start>>) => {
    const { body } = await api('GET', '/apiops/audit/?action=installation.protect');
    return body.resultList.filter(({ objectName }: { objectName: string }) => objectName === 'settings');
  };

  test('gives the settings a MAC once, and records that in the audit log', async () => {
    const first = await start(config, filled.token);
    expect(await everyAnswer(first.api)).toEqual(filled.answers);
    expect(await protections(first)).toMatchObject([{ details: { rows: 3 } }]);
    expect(await problems()).toEqual([]);
    await stop(first);
    const second = await start(config, filled.token);
    expect(await protections(second)).toHaveLength(1);
    await stop(second);
  });

  test('is the only operation that adds them: settings whose MACs were all removed later never get one', async () => {
    await stop(await start(config, filled.token));
    for (const table of ['projects', 'environments', 'installation'])
      await database.raw(`update ${table} set mac = null`);
    const installation = await start(config, filled.token);
    expect(await protections(installation)).toHaveLength(1);
    await stop(installation);
    expect(await problems()).toEqual([
      expect.stringMatching(/^The row in projects .* was not written by keyplane/),
      expect.stringMatching(/^The row in environments .* was not written by keyplane/),
    ]);
  });

  test('is not needed after a restore, which gives a MAC to the settings of an older backup', async () => {
    const file = `${await scratchFolder()}/backup`;
    await backUp(config, file);
    const there = await configOver((await fresh({ withoutSchema: true })).options, {
      KEYPLANE_MASTER_KEY: filled.masterKey,
    });
    await restore(there, { file, replace: false });
    expect((await examine(there)).findings.filter(({ topic }) => topic !== 'machine')).toEqual([]);
  });
});

withDatabases('a database that was protected from its first start on', (fresh, kind) => {
  test('never gives its settings a MAC again', async () => {
    const filled = await fillInstallation(kind);
    const { database, config } = await copyOf(filled, fresh);
    for (const table of ['projects', 'environments', 'installation'])
      await database.raw(`update ${table} set mac = null`);
    await stop(await start(config, filled.token));
    const found = (await examine(config)).findings.map(({ problem }) => problem);
    expect(found).toHaveLength(2);
  });
});
