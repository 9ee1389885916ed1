import { beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import type { Store } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import { sampleJwk, sampleKeyRing, sampleProject, sampleTokenProfile } from './samples.ts';

const byName = { sort: { field: 'name', descending: false }, offset: 0, limit: 10 } as const;

withDatabases('token profiles', (fresh) => {
  let store: Store;
  let project: Project;

  beforeEach(async () => {
    store = await (await fresh()).open();
    project = sampleProject();
    await store.write(({ projects }) => projects.insert(project));
  });

  test('are read as they were written, with every member of theirs', async () => {
    const plain = sampleTokenProfile(project.id, { name: 'a' });
    const full = sampleTokenProfile(project.id, {
      name: 'b',
      description: 'Tokens of the API',
      encryptTo: { jwkId: 'j-1', keyRingId: null, enc: 'A256GCM' },
    });
    await store.write(async ({ tokenProfiles }) => {
      for (const one of [plain, full]) await tokenProfiles.insert(one);
    });
    expect(await store.read(({ tokenProfiles }) => tokenProfiles.find(project.id, 'b'))).toEqual(full);
    expect(await store.read(({ tokenProfiles }) => tokenProfiles.getMany([full.id, 'x', plain.id]))).toEqual([
      full,
      plain,
    ]);
    expect(await store.read(({ tokenProfiles }) => tokenProfiles.list(project.id, byName))).toEqual({
      profiles: [plain, full],
      total: 2,
    });
    const searched = { ...byName, search: 'of the api' };
    expect(await store.read(({ tokenProfiles }) => tokenProfiles.list(project.id, searched))).toEqual({
      profiles: [full],
      total: 1,
    });
    const ids = await store.read(({ tokenProfiles }) => tokenProfiles.idsOfProject(project.id, '', 9));
    expect(ids).toEqual([plain.id, full.id].sort());
    const changed = { ...full, encryptTo: null, description: null };
    await store.write(({ tokenProfiles }) => tokenProfiles.update(changed));
    expect(await store.read(({ tokenProfiles }) => tokenProfiles.find(project.id, 'b'))).toEqual(changed);
    await store.write(({ tokenProfiles }) => tokenProfiles.delete(full.id));
    expect(await store.read(({ tokenProfiles }) => tokenProfiles.find(project.id, 'b'))).toBeUndefined();
  });

  test('are found by the ring that signs, and by the ring or JWK that they encrypt to', async () => {
    const [ring, recipients] = [sampleKeyRing(project.id), sampleKeyRing(project.id)];
    const jwk = sampleJwk(project.id);
    const target = { jwkId: null, keyRingId: null, enc: 'A256GCM' };
    const [toRing, toJwk] = [
      sampleTokenProfile(project.id, {
        name: 'a',
        keyRingId: ring.id,
        encryptTo: { ...target, keyRingId: recipients.id },
      }),
      sampleTokenProfile(project.id, {
        name: 'b',
        keyRingId: ring.id,
        encryptTo: { ...target, jwkId: jwk.id },
      }),
    ];
    await store.write(async ({ tokenProfiles }) => {
      for (const one of [toJwk, toRing]) await tokenProfiles.insert(one);
    });
    const using = (id: string) => store.read(({ tokenProfiles }) => tokenProfiles.using(id));
    expect(await using(ring.id)).toEqual([toRing, toJwk]);
    expect(await using(recipients.id)).toEqual([toRing]);
    expect(await using(jwk.id)).toEqual([toJwk]);
    expect(await using('nothing')).toEqual([]);
  });
});
