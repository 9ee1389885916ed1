import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '../../src/new-id.ts';
import type { MasterKeySource } from '../../src/sealing/master-key.ts';
import { openSealing } from '../../src/sealing/open-sealing.ts';
import { wrapDataKey } from '../../src/sealing/wrapped-keys.ts';
import type { Store } from '../../src/store/store.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';

const binding = { purpose: 'jwk', table: 'jwks', id: 'row', member: 'private_members' };
const plaintext = Buffer.from('secret');

withDatabases('sealing of a database', (fresh, kind) => {
  let database: TestDatabase;
  let store: Store;
  let folder: string;
  let source: MasterKeySource;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyplane-master-'));
    source = { defaultFile: join(folder, 'master.key') };
    database = await fresh();
    store = await database.open();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const blob = (hex: string) => (kind === 'sqlite' ? `x'${hex}'` : `'\\x${hex}'`);

  test('the first start makes the keys and every later one opens what was sealed', async () => {
    const first = await openSealing(store, source);
    const sealed = first.sealer.seal(binding, plaintext);
    const later = await openSealing(await database.open(), source);
    expect(later.sealer.openSecret(binding, sealed)).toEqual(plaintext);
    expect(later.auditKey).toEqual(first.auditKey);
    expect(first.auditKey).toHaveLength(32);
  });

  test('managers that make the first keys at once agree on them', async () => {
    const stores = await Promise.all([store, database.open(), database.open()]);
    const opened = await Promise.all(stores.map((one) => openSealing(one, source)));
    const sealed = opened[0]?.sealer.seal(binding, plaintext) ?? Buffer.alloc(0);
    for (const { sealer, auditKey } of opened) {
      expect(sealer.openSecret(binding, sealed)).toEqual(plaintext);
      expect(auditKey).toEqual(opened[0]?.auditKey);
    }
    expect(await store.read(({ dataKeys }) => dataKeys.list())).toHaveLength(2);
  });

  test('no data key and no master key lies in the database as it is', async () => {
    const { auditKey } = await openSealing(store, source);
    const masterKey = Buffer.from(await readFile(source.defaultFile, 'utf8'), 'base64');
    for (const { wrapped } of await store.read(({ dataKeys }) => dataKeys.list())) {
      expect(wrapped.includes(auditKey)).toBe(false);
      expect(wrapped.includes(masterKey)).toBe(false);
    }
  });

  test('a wrong master key stops the start by the name of its setting, and changes nothing', async () => {
    await openSealing(store, source);
    const before = await store.read(({ dataKeys }) => dataKeys.list());
    const wrong = { ...source, fromEnvironment: randomBytes(32).toString('base64') };
    await expect(openSealing(store, wrong)).rejects.toThrow(
      /^KEYPLANE_MASTER_KEY does not open the data in this database/,
    );
    expect(await store.read(({ dataKeys }) => dataKeys.list())).toEqual(before);
    await expect(openSealing(store, source)).resolves.toBeDefined();
  });

  test('a missing master key stops the start and is not replaced while data exists', async () => {
    await openSealing(store, source);
    await unlink(source.defaultFile);
    await expect(openSealing(store, source)).rejects.toThrow(
      `The master key file ${source.defaultFile} is missing but the data was sealed with it`,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('data keys that were swapped between purposes or rows do not open', async () => {
    await openSealing(store, source);
    const [first, second] = await store.read(({ dataKeys }) => dataKeys.list());
    if (first === undefined || second === undefined) throw new Error('there are two data keys');
    await store.write(async ({ dataKeys }) => {
      await dataKeys.replace({ ...first, wrapped: second.wrapped });
      await dataKeys.replace({ ...second, wrapped: first.wrapped });
    });
    await expect(openSealing(store, source)).rejects.toThrow('does not open the data');
  });

  test('a damaged data key stops the start', async () => {
    await openSealing(store, source);
    for (const { id, wrapped } of await store.read(({ dataKeys }) => dataKeys.list())) {
      const damaged = Buffer.from(wrapped);
      damaged[30] = (damaged[30] ?? 0) ^ 1;
      await database.raw(
        `update data_keys set wrapped = ${blob(damaged.toString('hex'))} where id = '${id}'`,
      );
      await expect(openSealing(store, source)).rejects.toThrow('does not open the data');
      await database.raw(
        `update data_keys set wrapped = ${blob(wrapped.toString('hex'))} where id = '${id}'`,
      );
    }
    await expect(openSealing(store, source)).resolves.toBeDefined();
  });

  test('a missing data key stops the start instead of being replaced', async () => {
    for (const purpose of ['seal', 'audit']) {
      await openSealing(store, source);
      const rows = await store.read(({ dataKeys }) => dataKeys.list());
      await database.raw(`delete from data_keys where purpose = '${purpose}'`);
      await expect(openSealing(store, source)).rejects.toThrow(
        `no active data key for the purpose ${purpose}`,
      );
      await store.write(async ({ dataKeys }) => {
        for (const row of rows.filter((one) => one.purpose === purpose)) await dataKeys.insert(row);
      });
    }
  });

  test('data without any data key stops the start instead of getting new ones', async () => {
    await openSealing(store, source);
    await store.write(({ audit }) =>
      audit.append(
        {
          sequence: 1,
          at: new Date(),
          actor: 'system',
          action: 'user.create',
          objectType: 'user',
          objectId: null,
          objectName: 'admin',
          projectName: null,
          outcome: 'SUCCESS',
          details: {},
          hash: Buffer.alloc(32),
        },
        Buffer.alloc(32),
      ),
    );
    await database.raw('delete from data_keys');
    await expect(openSealing(store, source)).rejects.toThrow('not the data keys that open it');
    expect(await store.read(({ dataKeys }) => dataKeys.list())).toEqual([]);
  });

  test('a data key that was retired still opens what it sealed', async () => {
    const before = await openSealing(store, source);
    const sealed = before.sealer.seal(binding, plaintext);
    const masterKey = Buffer.from(await readFile(source.defaultFile, 'utf8'), 'base64');
    const next = { id: newId(), key: randomBytes(32) };
    await store.write(async ({ dataKeys }) => {
      const retired = (await dataKeys.list()).find((one) => one.purpose === 'seal');
      if (retired === undefined) throw new Error('there is a data key');
      await dataKeys.replace({ ...retired, active: false });
      const wrapped = wrapDataKey(masterKey, next, 'seal');
      await dataKeys.insert({
        id: next.id,
        purpose: 'seal',
        active: true,
        wrapped,
        wrappedNext: null,
        createdAt: new Date(),
      });
    });
    const after = await openSealing(store, source);
    expect(after.sealer.openSecret(binding, sealed)).toEqual(plaintext);
    const newer = after.sealer.seal(binding, plaintext);
    expect(() => before.sealer.openSecret(binding, newer)).toThrow();
  });
});
