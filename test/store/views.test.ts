import { beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import type { Store } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import { sampleJwk, sampleKeyRing, sampleProject, sampleView } from './samples.ts';

const byName = { sort: { field: 'name', descending: false }, offset: 0, limit: 10 } as const;

withDatabases('views', (fresh) => {
  let store: Store;
  let project: Project;

  beforeEach(async () => {
    store = await (await fresh()).open();
    project = sampleProject();
    await store.write(({ projects }) => projects.insert(project));
  });

  test('are read as they were written, with every member of theirs', async () => {
    const plain = sampleView(project.id, { name: 'a', include: null });
    const full = sampleView(project.id, {
      name: 'b',
      description: 'for partners',
      include: {
        keyTypes: ['RSA', 'EC'],
        algorithms: ['ES256'],
        uses: ['sig'],
        keyRingIds: ['r-1'],
        jwkIds: ['j-1', 'j-2'],
      },
      exclude: { jwkIds: ['j-3'] },
    });
    await store.write(async ({ views }) => {
      for (const one of [plain, full]) await views.insert(one);
    });
    expect(await store.read(({ views }) => views.find(project.id, 'b'))).toEqual(full);
    expect(await store.read(({ views }) => views.getMany([full.id, 'x', plain.id]))).toEqual([full, plain]);
    expect(await store.read(({ views }) => views.list(project.id, byName))).toEqual({
      views: [plain, full],
      total: 2,
    });
    const searched = { ...byName, search: 'for partners' };
    expect(await store.read(({ views }) => views.list(project.id, searched))).toEqual({
      views: [full],
      total: 1,
    });
    const ids = await store.read(({ views }) => views.idsOfProject(project.id, '', 9));
    expect(ids).toEqual([plain.id, full.id].sort());
    const changed = { ...full, include: null, description: null };
    await store.write(({ views }) => views.update(changed));
    expect(await store.read(({ views }) => views.find(project.id, 'b'))).toEqual(changed);
    await store.write(({ views }) => views.delete(full.id));
    expect(await store.read(({ views }) => views.find(project.id, 'b'))).toBeUndefined();
  });

  test('are found by the key rings and JWKs that they include or exclude, within their project', async () => {
    const [ring, jwk] = [sampleKeyRing(project.id), sampleJwk(project.id)];
    const other = sampleProject();
    const [including, excluding] = [
      sampleView(project.id, { name: 'a', include: { keyRingIds: [ring.id], jwkIds: [jwk.id] } }),
      sampleView(project.id, { name: 'b', include: null, exclude: { keyRingIds: [ring.id] } }),
    ];
    await store.write(async ({ projects, views }) => {
      await projects.insert(other);
      for (const one of [excluding, including]) await views.insert(one);
      await views.insert(sampleView(other.id, { include: { jwkIds: [jwk.id] } }));
    });
    const naming = (id: string) => store.read(({ views }) => views.naming(project.id, id));
    expect(await naming(ring.id)).toEqual([including, excluding]);
    expect(await naming(jwk.id)).toEqual([including]);
    expect(await naming('nothing')).toEqual([]);
  });

  test('are deleted with their project', async () => {
    const view = sampleView(project.id);
    await store.write(({ views }) => views.insert(view));
    await store.write(({ projects }) => projects.delete(project.id));
    expect(await store.read(({ views }) => views.getMany([view.id]))).toEqual([]);
  });
});
