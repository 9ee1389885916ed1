import { beforeEach, expect, test } from 'vitest';
import {
  applyCaching,
  putDesiredSettings,
  storedCaching,
} from '../../src/deployments/environment-settings.ts';
import type { Environment } from '../../src/environments/environment-store.ts';
import { type Caching, defaultCaching } from '../../src/protocol/content.ts';
import { contentDigest } from '../../src/protocol/state-digest.ts';
import type { Store } from '../../src/store/store.ts';
import { sampleEnvironment } from '../store/samples.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';

const at = new Date(1_700_000_000_000);
const short = { maxAge: 10, staleWhileRevalidate: 2, staleIfError: 5 };

withDatabases('a manager that starts', (fresh) => {
  let database: TestDatabase;
  let store: Store;
  let environment: Environment;

  beforeEach(async () => {
    database = await fresh();
    store = await database.open();
    environment = sampleEnvironment();
    await store.write(({ environments }) => environments.insert(environment));
  });

  const start = (caching: Caching) => store.write((stores) => applyCaching(stores, caching, at));
  const alter = (caching: Caching) =>
    store.write(({ installation }) => installation.put('caching', JSON.stringify(caching)));
  const revision = async () => (await store.read(({ desired }) => desired.state(environment.id))).revision;
  async function desired(): Promise<Buffer | null> {
    const { id } = environment;
    const key = { environmentId: id, kind: 'caching', objectId: id } as const;
    const [row] = await store.read((stores) => stores.desired.findMany([key]));
    return row?.digest ?? null;
  }
  const digestOf = (caching: Caching) => contentDigest({ kind: 'caching', id: environment.id, ...caching });

  test('brings its caching to nodes also where the stored one was altered to look like it', async () => {
    const stored = () => store.read(storedCaching);
    await start(defaultCaching);
    expect(await stored()).toEqual({ caching: defaultCaching, altered: false });
    await alter(short);
    expect(await stored()).toEqual({ caching: short, altered: true });
    expect(await start(short)).toBe(false);
    expect(await stored()).toEqual({ caching: short, altered: false });
    expect(await desired()).toEqual(digestOf(short));
    await alter(defaultCaching);
    expect(await start(defaultCaching)).toBe(false);
    expect(await desired()).toBeNull();
  });

  test('brings it to an environment whose row was altered, too, of which nothing else is deployed', async () => {
    await database.raw('update environments set environment_set = 1 - environment_set');
    expect(await start(short)).toBe(true);
    expect(await desired()).toEqual(digestOf(short));
    const all = store.write((stores) => putDesiredSettings(stores, environment.id));
    await expect(all).rejects.toMatchObject({ reason: 'ALTERED_IN_DATABASE' });
  });

  test.each(Object.keys(defaultCaching) as (keyof Caching)[])('brings another %s alone', async (member) => {
    const one = { ...short, [member]: short[member] + 1 };
    await start(short);
    expect(await start(one)).toBe(true);
    expect(await desired()).toEqual(digestOf(one));
    // Also where only this differs from what nodes have without a setting.
    const nearDefault = { ...defaultCaching, [member]: defaultCaching[member] + 1 };
    expect(await start(nearDefault)).toBe(true);
    expect(await desired()).toEqual(digestOf(nearDefault));
    expect(await start(defaultCaching)).toBe(true);
    expect(await desired()).toBeNull();
  });

  test('brings it only to the environments that have another', async () => {
    expect(await start(short)).toBe(true);
    const before = await revision();
    expect(before).toBeGreaterThan(0);
    expect(await start(short)).toBe(false);
    expect(await revision()).toBe(before);
    await store.write(({ environments }) => environments.insert(sampleEnvironment({ name: 'newer' })));
    expect(await start(short)).toBe(false);
    expect(await revision()).toBe(before);
  });

  test('leaves another setting as it is, which may have been altered in the database', async () => {
    await store.write(({ environments }) =>
      environments.update({ ...environment, environmentSet: !environment.environmentSet }),
    );
    await start(short);
    const key = { environmentId: environment.id, kind: 'environment-set', objectId: environment.id } as const;
    expect(await store.read((stores) => stores.desired.findMany([key]))).toEqual([]);
  });
});
