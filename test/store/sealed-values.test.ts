import { beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/new-id.ts';
import type { Store, Stores } from '../../src/store/store.ts';
import { freshDatabases } from '../support/databases.ts';
import {
  bytes,
  sampleCertificate,
  sampleCryptoKey,
  sampleEnvironment,
  sampleJwk,
  sampleKeystore,
  sampleProject,
  sealedSample,
} from './samples.ts';

describe('a sealed value whose data key is unknown', () => {
  const fresh = freshDatabases('sqlite');
  const project = sampleProject();
  const environment = sampleEnvironment();
  const jwk = sampleJwk(project.id, { sourceId: newId() });
  const cryptoKey = sampleCryptoKey(project.id, [environment.id]);
  const keystore = sampleKeystore(project.id, [environment.id]);
  const certificate = sampleCertificate(project.id, [environment.id]);
  const publicJwk = sampleJwk(project.id, { privateMembers: null });
  let store: Store;
  /** How often the store looked for newer data keys. */
  let learned = 0;
  let isKnown = false;

  beforeEach(async () => {
    store = await (await fresh()).open();
    await store.write(async (stores) => {
      await stores.projects.insert(project);
      await stores.environments.insert(environment);
      for (const one of [jwk, publicJwk]) await stores.jwks.insert(one);
      await stores.cryptoKeys.insert(cryptoKey);
      await stores.keystores.insert(keystore);
      await stores.certificates.insert(certificate);
      const identity = { id: newId(), publicKey: bytes(32), signature: null, createdAt: new Date() };
      await stores.identityKeys.insert({ ...identity, privateKey: sealedSample() });
    });
    learned = 0;
    isKnown = false;
    store.learnDataKeys({
      knows: () => isKnown,
      async learn({ dataKeys }) {
        await dataKeys.list();
        learned += 1;
      },
    });
  });

  const sort = { field: 'name', descending: false } as const;
  const page = { sort, offset: 0, limit: 10 };
  const reads: readonly (readonly [string, (stores: Stores) => Promise<unknown>])[] = [
    ['one JWK', ({ jwks }) => jwks.find(project.id, jwk.name)],
    ['JWKs by id', ({ jwks }) => jwks.getMany([jwk.id])],
    ['a page of JWKs', ({ jwks }) => jwks.list(project.id, page)],
    ['the JWKs of a project', ({ jwks }) => jwks.listOfProject(project.id, '', 10)],
    ['the JWKs of a source', ({ jwks }) => jwks.listBySource(jwk.sourceId ?? '')],
    ['a key', ({ cryptoKeys }) => cryptoKeys.find(project.id, cryptoKey.name)],
    ['keys by id', ({ cryptoKeys }) => cryptoKeys.getMany([cryptoKey.id])],
    ['the keys of a project', ({ cryptoKeys }) => cryptoKeys.listOfProject(project.id)],
    ['a keystore', ({ keystores }) => keystores.find(project.id, keystore.name)],
    ['the identity', ({ identityKeys }) => identityKeys.list()],
  ];

  test.each(reads)('makes the store look for newer data keys when it reads %s', async (_name, read) => {
    await store.read(read);
    expect(learned).toBe(1);
    isKnown = true;
    await store.read(read);
    expect(learned).toBe(1);
  });

  test('is looked for in writes as well', async () => {
    await store.write(({ jwks }) => jwks.find(project.id, jwk.name));
    expect(learned).toBe(1);
  });

  test('is nothing that public rows have', async () => {
    await store.read(({ jwks }) => jwks.find(project.id, publicJwk.name));
    await store.read(({ certificates }) => certificates.find(project.id, certificate.name));
    expect(learned).toBe(0);
  });
});
