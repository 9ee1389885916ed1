import { beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import type { JwkListQuery } from '../../src/jwks/jwk-store.ts';
import type { Store } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import { sampleJwk, sampleProject, sealedSample } from './samples.ts';

const byName = { sort: { field: 'name', descending: false }, offset: 0, limit: 100 } as const;

withDatabases('JWKs', (fresh) => {
  let store: Store;
  let project: Project;

  beforeEach(async () => {
    store = await (await fresh()).open();
    project = sampleProject();
    await store.write(({ projects }) => projects.insert(project));
  });

  const names = async (query: Partial<JwkListQuery>) => {
    const { jwks, total } = await store.read((stores) =>
      stores.jwks.list(project.id, { ...byName, ...query }),
    );
    return { names: jwks.map((jwk) => jwk.name), total };
  };

  test('a JWK comes back whole, with everything set and with everything optional left out', async () => {
    const full = sampleJwk(project.id, {
      description: 'Müller’s key',
      sourceType: 'KEYSTORE',
      sourceId: 'keystore-id',
      sourceUrl: 'https://example.com/jwks',
      source: { environmentName: 'production', aliasName: 'a', urlOptionReadTimeout: 5 },
      type: 'RSA',
      use: 'sig',
      algorithm: 'RS256',
      notBeforeTime: new Date('1950-01-01T00:00:00Z'),
      expirationTime: new Date('9999-12-31T23:59:59Z'),
    });
    const bare = sampleJwk(project.id, { privateMembers: null });
    await store.write(async ({ jwks }) => {
      for (const jwk of [full, bare]) await jwks.insert(jwk);
      expect(await jwks.find(project.id, full.name)).toEqual(full);
      expect(await jwks.find(project.id, bare.name)).toEqual(bare);
      expect(await jwks.find('other project', bare.name)).toBeUndefined();
    });
  });

  test('the holders of a kid are one for each key, and only the 100 oldest JWKs are read', async () => {
    const jwks = Array.from({ length: 102 }, (_, index) =>
      sampleJwk(project.id, {
        id: `id-${String(index).padStart(3, '0')}`,
        name: `jwk-${String(index).padStart(3, '0')}`,
        kid: 'shared',
        publicMembers: index === 99 || index >= 100 ? `{"kty":"EC","x":"${index}"}` : '{"kty":"EC"}',
      }),
    );
    await store.write(async (stores) => {
      for (const jwk of jwks.toReversed()) await stores.jwks.insert(jwk);
    });
    const holders = (exceptId: string) =>
      store.read(async (stores) => {
        const found = await stores.jwks.listByKid(project.id, 'shared', exceptId);
        return found.map(({ name }) => name);
      });
    expect(await holders('')).toEqual(['jwk-000', 'jwk-099']);
    expect(await holders('id-000')).toEqual(['jwk-001', 'jwk-099', 'jwk-100']);
  });

  test('an update changes every member that a new value brings', async () => {
    const jwk = sampleJwk(project.id);
    const changed = sampleJwk(project.id, {
      id: jwk.id,
      sourceType: 'URL',
      sourceUrl: 'https://example.com',
      source: { kid: 'x' },
      type: 'OKP',
      kid: 'kid-2',
      use: 'enc',
      algorithm: 'ECDH-ES',
      notBeforeTime: new Date(1),
      expirationTime: new Date(2),
      publicMembers: '{"kty":"OKP"}',
      privateMembers: sealedSample(),
      description: 'changed',
      updatedAt: new Date(),
    });
    await store.write(async ({ jwks }) => {
      await jwks.insert(jwk);
      await jwks.update(changed);
      expect(await jwks.getMany([jwk.id])).toEqual([changed]);
      await jwks.update({ ...changed, privateMembers: null });
      expect((await jwks.getMany([jwk.id]))[0]?.privateMembers).toBeNull();
    });
  });

  test('a name is one JWK of its project', async () => {
    const elsewhere = sampleProject();
    const jwk = sampleJwk(project.id);
    await store.write(async ({ projects, jwks }) => {
      await projects.insert(elsewhere);
      await jwks.insert(jwk);
      await jwks.insert(sampleJwk(elsewhere.id, { name: jwk.name }));
    });
    const twin = store.write(({ jwks }) => jwks.insert(sampleJwk(project.id, { name: jwk.name })));
    await expect(twin).rejects.toMatchObject({ code: 'conflict' });
  });

  test('a JWK of a deleted project is a conflict and is not stored', async () => {
    const orphan = store.write(({ jwks }) => jwks.insert(sampleJwk('no project')));
    await expect(orphan).rejects.toMatchObject({ code: 'conflict' });
  });

  test('many JWKs come back in the requested order, without those that do not exist', async () => {
    const all = Array.from({ length: 600 }, () => sampleJwk(project.id));
    await store.write(async ({ jwks }) => {
      for (const jwk of all) await jwks.insert(jwk);
    });
    const ids = all.map((jwk) => jwk.id).toReversed();
    const found = await store.read(({ jwks }) =>
      jwks.getMany([...ids.slice(0, 300), 'none', ...ids.slice(300)]),
    );
    expect(found.map((jwk) => jwk.id)).toEqual(ids);
    expect(await store.read(({ jwks }) => jwks.getMany([]))).toEqual([]);
  });

  test('a deleted JWK is removed, and the others stay', async () => {
    const [gone, kept] = [sampleJwk(project.id), sampleJwk(project.id)];
    await store.write(async ({ jwks }) => {
      for (const jwk of [gone, kept]) await jwks.insert(jwk);
      await jwks.delete(gone.id);
      expect(await jwks.getMany([gone.id, kept.id])).toEqual([kept]);
    });
  });

  test('all of a project come in pages by id, those of others do not', async () => {
    const elsewhere = sampleProject();
    const all = Array.from({ length: 5 }, () => sampleJwk(project.id));
    await store.write(async ({ projects, jwks }) => {
      await projects.insert(elsewhere);
      for (const jwk of [...all, sampleJwk(elsewhere.id)]) await jwks.insert(jwk);
    });
    const ids = all.map((jwk) => jwk.id).toSorted();
    const page = async (afterId: string) =>
      (await store.read(({ jwks }) => jwks.listOfProject(project.id, afterId, 2))).map((jwk) => jwk.id);
    const idPage = (afterId: string) => store.read(({ jwks }) => jwks.idsOfProject(project.id, afterId, 2));
    expect(await idPage(ids[1] ?? '')).toEqual(ids.slice(2, 4));
    expect(await page('')).toEqual(ids.slice(0, 2));
    expect(await page(ids[1] ?? '')).toEqual(ids.slice(2, 4));
    expect(await page(ids[3] ?? '')).toEqual(ids.slice(4));
    expect(await page(ids[4] ?? '')).toEqual([]);
  });

  test('JWKs made from one source are found by it', async () => {
    const made = sampleJwk(project.id, { sourceId: 'source' });
    await store.write(async ({ jwks }) => {
      for (const jwk of [made, sampleJwk(project.id), sampleJwk(project.id, { sourceId: 'other' })]) {
        await jwks.insert(jwk);
      }
      expect(await jwks.listBySource('source')).toEqual([made]);
    });
  });

  test('a list is sorted by each field, both ways, the same in either database', async () => {
    const day = (n: number) => new Date(Date.UTC(2026, 0, n));
    const jwks = [
      { name: 'b', type: 'RSA', kid: 'z', createdAt: day(3), updatedAt: day(1), expirationTime: null },
      { name: 'B', type: 'EC', kid: 'Z', createdAt: day(1), updatedAt: day(2), expirationTime: day(2) },
      { name: 'ä', type: 'OKP', kid: 'y', createdAt: day(2), updatedAt: day(3), expirationTime: day(1) },
    ] as const;
    await store.write(async (stores) => {
      for (const jwk of jwks) await stores.jwks.insert(sampleJwk(project.id, jwk));
    });
    const ascending = {
      name: ['B', 'b', 'ä'],
      type: ['B', 'ä', 'b'],
      kid: ['B', 'ä', 'b'],
      createdAt: ['B', 'ä', 'b'],
      updatedAt: ['b', 'B', 'ä'],
      expirationTime: ['ä', 'B', 'b'],
    } as const;
    for (const field of Object.keys(ascending) as (keyof typeof ascending)[]) {
      const up = await names({ sort: { field, descending: false } });
      expect(up, field).toEqual({ names: ascending[field], total: 3 });
      const down = await names({ sort: { field, descending: true } });
      expect(down.names, field).toEqual(ascending[field].toReversed());
    }
  });

  test('a list comes in pages and has the total count', async () => {
    await store.write(async ({ jwks }) => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) await jwks.insert(sampleJwk(project.id, { name }));
    });
    expect(await names({ offset: 2, limit: 2 })).toEqual({ names: ['c', 'd'], total: 5 });
    expect(await names({ offset: 9, limit: 2 })).toEqual({ names: [], total: 5 });
  });

  test('a search finds parts of names and descriptions whatever their ASCII case', async () => {
    const jwks = [
      { name: 'Payments', description: null },
      { name: 'other', description: 'signs PAYMENTS' },
      { name: 'percent', description: '100% sure' },
      { name: 'under_score', description: null },
      { name: 'back', description: 'C:\\keys' },
      { name: 'ÄRGER', description: null },
    ];
    await store.write(async (stores) => {
      for (const jwk of jwks) await stores.jwks.insert(sampleJwk(project.id, jwk));
    });
    const found = async (search: string) => (await names({ search })).names;
    expect(await names({ search: 'pAyMeNt' })).toEqual({ names: ['Payments', 'other'], total: 2 });
    expect(await found('%')).toEqual(['percent']);
    expect(await found('_')).toEqual(['under_score']);
    expect(await found(':\\K')).toEqual(['back']);
    expect(await found('Ärg')).toEqual(['ÄRGER']);
    expect(await found('ärg')).toEqual([]);
    expect(await found('')).toHaveLength(6);
    expect(await found('nothing')).toEqual([]);
    await expect(found('x'.repeat(1001))).rejects.toMatchObject({ code: 'bad_request' });
  });
});
