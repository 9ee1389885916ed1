import { beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import type { Environment } from '../../src/environments/environment-store.ts';
import type { Material, MaterialStore } from '../../src/materials/material-store.ts';
import type { Store, Stores } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import {
  sampleCertificate,
  sampleCryptoKey,
  sampleEnvironment,
  sampleKeystore,
  sampleProject,
} from './samples.ts';

type Placed = Material & { readonly environments: readonly { readonly environmentId: string }[] };

interface Kind<M extends Placed> {
  of(stores: Stores): MaterialStore<M>;
  sample(projectId: string, environmentIds: readonly string[], over?: Partial<Material>): M;
}

/** The environments of a material come in no particular order. */
function sorted<M extends Placed>(material: M | undefined): M | undefined {
  const byEnvironment = (a: { environmentId: string }, b: { environmentId: string }) =>
    a.environmentId < b.environmentId ? -1 : 1;
  return material && { ...material, environments: material.environments.toSorted(byEnvironment) };
}

function materialSuite<M extends Placed>(title: string, kind: Kind<M>): void {
  withDatabases(title, (fresh) => {
    let store: Store;
    let project: Project;
    let environments: readonly Environment[];
    let environmentIds: readonly string[];

    beforeEach(async () => {
      store = await (await fresh()).open();
      project = sampleProject();
      environments = [sampleEnvironment(), sampleEnvironment()];
      environmentIds = environments.map((environment) => environment.id);
      await store.write(async (stores) => {
        await stores.projects.insert(project);
        for (const environment of environments) await stores.environments.insert(environment);
      });
    });

    const insert = (...materials: readonly M[]) =>
      store.write(async (stores) => {
        for (const material of materials) await kind.of(stores).insert(material);
      });
    const find = (name: string) => store.read((stores) => kind.of(stores).find(project.id, name));

    test('a material comes back whole, with contents for two environments, one and none', async () => {
      for (const count of [2, 1, 0]) {
        const material = kind.sample(project.id, environmentIds.slice(0, count), { description: 'd' });
        await insert(material);
        expect(sorted(await find(material.name))).toEqual(sorted(material));
      }
      expect(await find('none')).toBeUndefined();
    });

    test('a name is one of its kind in its project', async () => {
      const material = kind.sample(project.id, environmentIds);
      await insert(material);
      const twin = insert(kind.sample(project.id, [], { name: material.name }));
      await expect(twin).rejects.toMatchObject({ code: 'conflict' });
      const elsewhere = sampleProject();
      await store.write(({ projects }) => projects.insert(elsewhere));
      await insert(kind.sample(elsewhere.id, [], { name: material.name }));
    });

    test('an update replaces the material of every environment', async () => {
      const before = kind.sample(project.id, environmentIds.slice(0, 1));
      const beside = kind.sample(project.id, environmentIds);
      await insert(before, beside);
      const after = kind.sample(project.id, environmentIds.slice(1), {
        id: before.id,
        name: before.name,
        description: 'changed',
        updatedAt: new Date(),
      });
      await store.write((stores) => kind.of(stores).update(after));
      expect(await find(before.name)).toEqual(after);
      expect(sorted(await find(beside.name))).toEqual(sorted(beside));
    });

    test('many materials come back in the requested order', async () => {
      const all = Array.from({ length: 5 }, () => kind.sample(project.id, environmentIds));
      await insert(...all);
      const ids = all.map((material) => material.id).toReversed();
      const found = await store.read((stores) => kind.of(stores).getMany(['none', ...ids]));
      expect(found.map(sorted)).toEqual(all.toReversed().map(sorted));
    });

    test('materials are listed in pages, sorted, searched and counted', async () => {
      const day = (n: number) => new Date(Date.UTC(2026, 0, n));
      await insert(
        kind.sample(project.id, environmentIds, { name: 'a', createdAt: day(2), updatedAt: day(1) }),
        kind.sample(project.id, [], {
          name: 'B',
          description: 'With A',
          createdAt: day(1),
          updatedAt: day(3),
        }),
        kind.sample(project.id, [], { name: 'c', createdAt: day(3), updatedAt: day(2) }),
      );
      const names = async (field: 'name' | 'createdAt' | 'updatedAt', search?: string) => {
        const query = { sort: { field, descending: true }, offset: 0, limit: 2, ...(search && { search }) };
        const { items, total } = await store.read((stores) => kind.of(stores).list(project.id, query));
        return [items.map((item) => item.name).join(), total];
      };
      expect(await names('name')).toEqual(['c,a', 3]);
      expect(await names('createdAt')).toEqual(['c,a', 3]);
      expect(await names('updatedAt')).toEqual(['B,c', 3]);
      expect(await names('name', 'a')).toEqual(['a,B', 2]);
      const all = await store.read((stores) => kind.of(stores).listOfProject(project.id));
      expect(all.map((item) => item.name)).toEqual(['B', 'a', 'c']);
      expect(all[1]?.environments).toHaveLength(2);
    });

    test('a deleted material is removed with its contents in environments, and so are those of a deleted project', async () => {
      const [gone, kept] = [
        kind.sample(project.id, environmentIds),
        kind.sample(project.id, environmentIds.slice(0, 1)),
      ];
      await insert(gone, kept);
      await store.write((stores) => kind.of(stores).delete(gone.id));
      expect(await store.read((stores) => kind.of(stores).listOfProject(project.id))).toEqual([kept]);
      await store.write(({ projects }) => projects.delete(project.id));
      expect(await store.read((stores) => kind.of(stores).getMany([kept.id]))).toEqual([]);
    });
  });
}

materialSuite('certificates', { of: (stores) => stores.certificates, sample: sampleCertificate });
materialSuite('keys', { of: (stores) => stores.cryptoKeys, sample: sampleCryptoKey });
materialSuite('keystores', { of: (stores) => stores.keystores, sample: sampleKeystore });

withDatabases('certificates, keys and keystores beside each other', (fresh) => {
  test('one name can be used for all three kinds, and no store finds or deletes another kind', async () => {
    const store = await (await fresh()).open();
    const project = sampleProject();
    const over = { name: 'same' };
    const certificate = sampleCertificate(project.id, [], over);
    const key = sampleCryptoKey(project.id, [], over);
    const keystore = sampleKeystore(project.id, [], over);
    await store.write(async (stores) => {
      await stores.projects.insert(project);
      await stores.certificates.insert(certificate);
      await stores.cryptoKeys.insert(key);
      await stores.keystores.insert(keystore);
      await stores.certificates.delete(key.id);
      expect(await stores.certificates.getMany([key.id, certificate.id])).toEqual([certificate]);
      expect(await stores.cryptoKeys.find(project.id, 'same')).toEqual(key);
      expect(await stores.keystores.find(project.id, 'same')).toEqual(keystore);
    });
  });

  test('an alias belongs to one certificate of an environment, across all projects', async () => {
    const store = await (await fresh()).open();
    const projects = [sampleProject(), sampleProject()] as const;
    const environments = [sampleEnvironment(), sampleEnvironment()] as const;
    const [first, second] = environments;
    const owner = sampleCertificate(projects[0].id, [first.id]);
    const alias = owner.environments[0]?.alias ?? '';
    await store.write(async (stores) => {
      for (const project of projects) await stores.projects.insert(project);
      for (const environment of environments) await stores.environments.insert(environment);
      await stores.certificates.insert(owner);
      expect(await stores.certificates.aliasOwner(first.id, alias)).toBe(owner.id);
      expect(await stores.certificates.aliasOwner(second.id, alias)).toBeUndefined();
    });
    const taking = (environmentId: string) => {
      const certificate = sampleCertificate(projects[1].id, [environmentId]);
      const placed = certificate.environments.map((one) => ({ ...one, alias }));
      return store.write(({ certificates }) => certificates.insert({ ...certificate, environments: placed }));
    };
    await expect(taking(first.id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(taking(second.id)).resolves.toBeUndefined();
  });
});
