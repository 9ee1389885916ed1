import { beforeEach, expect, test } from 'vitest';
import { newId } from '../../src/new-id.ts';
import type { WrappedDataKey } from '../../src/sealing/data-key-store.ts';
import type { Store, Stores } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import {
  bytes,
  sampleCryptoKey,
  sampleEnvironment,
  sampleJwk,
  sampleKeystore,
  sampleProject,
} from './samples.ts';

const sampleDataKey = (over: Partial<WrappedDataKey> = {}): WrappedDataKey => ({
  id: newId(),
  purpose: 'seal',
  active: true,
  wrapped: bytes(61),
  wrappedNext: null,
  createdAt: new Date('2026-01-02T03:04:05.006Z'),
  ...over,
});

withDatabases('data keys and installation', (fresh) => {
  let store: Store;
  beforeEach(async () => {
    store = await (await fresh()).open();
  });

  test('data keys come back whole, by id order', async () => {
    const keys = [sampleDataKey(), sampleDataKey({ purpose: 'audit' }), sampleDataKey({ active: false })];
    await store.write(async ({ dataKeys }) => {
      for (const key of keys.toReversed()) await dataKeys.insert(key);
    });
    const byId = keys.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(await store.read(({ dataKeys }) => dataKeys.list())).toEqual(byId);
  });

  test('a purpose has one active key, so of two first starts one wins', async () => {
    await store.write(({ dataKeys }) => dataKeys.insert(sampleDataKey()));
    const second = store.write(({ dataKeys }) => dataKeys.insert(sampleDataKey()));
    await expect(second).rejects.toMatchObject({ code: 'conflict' });
    await store.write(({ dataKeys }) => dataKeys.insert(sampleDataKey({ active: false })));
  });

  test('a data key is replaced by itself under another wrap', async () => {
    const key = sampleDataKey();
    const rewrapped = { ...key, active: false, wrapped: bytes(61), wrappedNext: bytes(61) };
    await store.write(async ({ dataKeys }) => {
      await dataKeys.insert(key);
      expect(await dataKeys.replace(rewrapped)).toBe(true);
      expect(await dataKeys.replace(sampleDataKey())).toBe(false);
      expect(await dataKeys.list()).toEqual([rewrapped]);
    });
  });

  test('anything that a data key opens or verifies counts as sealed', async () => {
    const project = sampleProject();
    const environment = sampleEnvironment();
    const isSealed = () => store.read(({ dataKeys }) => dataKeys.anythingSealed());
    await store.write(async (stores) => {
      await stores.projects.insert(project);
      await stores.environments.insert(environment);
    });
    expect(await isSealed()).toBe(false);
    const jwk = sampleJwk(project.id);
    const key = sampleCryptoKey(project.id, [environment.id]);
    const keystore = sampleKeystore(project.id, [environment.id]);
    const steps: readonly [(stores: Stores) => Promise<void>, (stores: Stores) => Promise<void>][] = [
      [(n) => n.jwks.insert(jwk), (n) => n.jwks.delete(jwk.id)],
      [(n) => n.cryptoKeys.insert(key), (n) => n.cryptoKeys.delete(key.id)],
      [(n) => n.keystores.insert(keystore), (n) => n.keystores.delete(keystore.id)],
    ];
    for (const [add, remove] of steps) {
      await store.write(add);
      expect(await isSealed()).toBe(true);
      await store.write(remove);
      expect(await isSealed()).toBe(false);
    }
  });

  test('facts about the installation are put, replaced and read', async () => {
    await store.write(async ({ installation }) => {
      expect(await installation.get('created-at')).toBeUndefined();
      await installation.put('created-at', '1');
      await installation.put('created-at', '2');
      expect(await installation.get('created-at')).toBe('2');
    });
  });
});
