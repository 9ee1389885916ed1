import { randomBytes } from 'node:crypto';
import { link, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { examine } from '../../src/compose/doctor.ts';
import { finishRotation, rotateMasterKey, undoRotation } from '../../src/compose/rotation.ts';
import type { ManagerConfig } from '../../src/config.ts';
import { nextKeyFromFile } from '../../src/sealing/rotation/key-file-swap.ts';
import { addNextWraps } from '../../src/sealing/rotation/rotate-wraps.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';
import {
  cleanUpInstallations,
  configOver,
  copyOf,
  everyAnswer,
  type FilledInstallation,
  fillInstallation,
  made,
  masterKeyOf,
  start,
  stop,
} from './support/installation.ts';

cleanUpInstallations();

const noKey = { fromEnvironment: undefined, file: undefined };
const quick = { newMasterKey: noKey, reseal: true, managersLookWithinMs: 0 };
const project = '/apiops/projects/MyProject';

withDatabases('a change of the master key', (fresh, kind) => {
  let filled: FilledInstallation;
  let database: TestDatabase;
  let config: ManagerConfig;
  beforeAll(async () => {
    filled = await fillInstallation(kind);
  });
  beforeEach(async () => {
    ({ database, config } = await copyOf(filled, fresh));
  });

  test('beside a running manager keeps every value readable, by either key until it is finished', async () => {
    const { answers, token } = filled;
    const running = await start(config, token);
    const old = await masterKeyOf(config);
    const { resealed, keyFileSwapped } = await rotateMasterKey(config, quick);
    expect(resealed).toBe(7);
    expect(keyFileSwapped).toBe(true);
    // The manager has neither looked for the new data key nor was it started again.
    expect(await everyAnswer(running.api)).toEqual(answers);
    await made(running.api, `${project}/jwks/generate`, {
      name: 'meanwhile',
      type: 'OCT',
      oct: { keySize: 256 },
    });
    await stop(running);
    const now = await masterKeyOf(config);
    expect(now).not.toBe(old);
    const withOld = await configOver(database.options, { KEYPLANE_MASTER_KEY: old });
    const again = await start(withOld, token);
    expect((await again.api('GET', `${project}/jwks/meanwhile/`)).status).toBe(200);
    await stop(again);
    await expect(finishRotation(withOld)).rejects.toThrow(/is not yet the new master key/);
    // The same command finds values that were sealed under the former key meanwhile.
    await rotateMasterKey(config, quick);
    expect(await finishRotation(config)).toBe(true);
    expect(await finishRotation(config)).toBe(false);
    expect(await readdir(config.dataDir)).not.toContain('master.key.old');
    await expect(start(withOld)).rejects.toThrow(/does not open the data in this database/);
    const last = await start(config, token);
    expect((await last.api('GET', `${project}/jwks/ec/`)).body).toEqual(answers[`${project}/jwks/ec/`]);
    await stop(last);
    expect((await examine(config)).findings).toEqual([]);
  });

  test('that was cut off at any of its steps is finished by the same command', async () => {
    const keyFile = join(config.dataDir, 'master.key');
    const current = Buffer.from(await masterKeyOf(config), 'base64');

    // Only the new key has been created.
    const next = await nextKeyFromFile(keyFile);
    // The wraps are in the database, and the key file is not yet replaced.
    const store = await database.open();
    expect(await store.write((stores) => addNextWraps(stores, { current, next }))).toBe(true);
    // The old key is kept, and the new one has not yet replaced it.
    await link(keyFile, `${keyFile}.old`);
    // The file is replaced, and no value is sealed again yet.
    await rotateMasterKey(config, { ...quick, reseal: false });
    expect(await masterKeyOf(config)).toBe(next.toString('base64'));
    expect((await readFile(`${keyFile}.old`, 'utf8')).trim()).toBe(current.toString('base64'));
    expect(await everyAnswer((await start(config, filled.token)).api)).toEqual(filled.answers);

    const { resealed } = await rotateMasterKey(config, quick);
    expect(await masterKeyOf(config)).toBe(next.toString('base64'));
    expect(resealed).toBe(7);
    expect(await finishRotation(config)).toBe(true);
    expect(await everyAnswer((await start(config, filled.token)).api)).toEqual(filled.answers);
  });

  test('can be taken back until it is finished', async () => {
    const old = await masterKeyOf(config);
    await rotateMasterKey(config, quick);
    expect(await undoRotation(config)).toBe(true);
    expect(await masterKeyOf(config)).toBe(old);
    expect((await readdir(config.dataDir)).filter((name) => name.startsWith('master.key'))).toEqual([
      'master.key',
    ]);
    expect(await everyAnswer((await start(config, filled.token)).api)).toEqual(filled.answers);
  });

  test('to a key that is given names it nowhere, and a second key is refused meanwhile', async () => {
    await start(config, filled.token);
    const next = randomBytes(32).toString('base64');
    const given = { ...quick, newMasterKey: { ...noKey, fromEnvironment: next } };
    await rotateMasterKey(config, given);
    expect((await rotateMasterKey(config, given)).resealed).toBe(0);
    const other = { ...noKey, fromEnvironment: randomBytes(32).toString('base64') };
    await expect(rotateMasterKey(config, { ...quick, newMasterKey: other })).rejects.toThrow(/yet another/);
    expect((await examine(config)).findings.map(({ topic }) => topic)).toEqual(['seals']);
    const moved = await configOver(database.options, { KEYPLANE_MASTER_KEY: next });
    expect(await finishRotation(moved)).toBe(true);
    for (const name of await readdir(config.dataDir)) {
      expect((await readFile(join(config.dataDir, name))).includes(next)).toBe(false);
    }
  });
});
