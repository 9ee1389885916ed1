import { beforeEach, expect, test } from 'vitest';
import type { EnrollmentToken, RegisteredNode } from '../../src/environments/environment-store.ts';
import type { Store } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import {
  bytes,
  sampleCertificate,
  sampleCryptoKey,
  sampleEnrollmentToken,
  sampleEnvironment,
  sampleKeystore,
  sampleNode,
  sampleProject,
} from './samples.ts';

withDatabases('environments', (fresh) => {
  let store: Store;
  beforeEach(async () => {
    store = await (await fresh()).open();
  });

  test('environments come back whole and by name order', async () => {
    const project = sampleProject();
    const open = sampleEnvironment({ name: 'staging', accessUrl: 'https://api.example', description: 'd' });
    const restricted = sampleEnvironment({
      name: 'Production',
      type: 'PRODUCTION',
      projectIds: [project.id],
    });
    await store.write(async ({ projects, environments }) => {
      await projects.insert(project);
      for (const environment of [open, restricted]) await environments.insert(environment);
    });
    await store.read(async ({ environments }) => {
      expect(await environments.list()).toEqual([restricted, open]);
      expect(await environments.find('staging')).toEqual(open);
      expect(await environments.find('STAGING')).toBeUndefined();
      expect(await environments.get(restricted.id)).toEqual(restricted);
    });
  });

  test('a project reaches the environments that are open to all and those that name it', async () => {
    const [own, other] = [sampleProject(), sampleProject()];
    const environments = {
      all: sampleEnvironment({ name: 'all' }),
      both: sampleEnvironment({ name: 'both', projectIds: [own.id, other.id].toSorted() }),
      none: sampleEnvironment({ name: 'none', projectIds: [] }),
      others: sampleEnvironment({ name: 'others', projectIds: [other.id] }),
    };
    await store.write(async (stores) => {
      for (const project of [own, other]) await stores.projects.insert(project);
      for (const environment of Object.values(environments)) await stores.environments.insert(environment);
    });
    const reached = await store.read((stores) => stores.environments.listReachedBy(own.id));
    expect(reached).toEqual([environments.all, environments.both]);
  });

  test('an update replaces everything, the projects that reach it too', async () => {
    const projects = [sampleProject(), sampleProject()];
    const environment = sampleEnvironment({ projectIds: [projects[0]?.id ?? ''] });
    const changed = {
      ...environment,
      name: 'renamed',
      type: 'SANDBOX' as const,
      accessUrl: 'http://x',
      projectIds: [projects[1]?.id ?? ''],
      updatedAt: new Date(),
    };
    await store.write(async (stores) => {
      for (const project of projects) await stores.projects.insert(project);
      await stores.environments.insert(environment);
      await stores.environments.update(changed);
      expect(await stores.environments.get(environment.id)).toEqual(changed);
      await stores.environments.update({ ...changed, projectIds: null });
      expect((await stores.environments.get(environment.id))?.projectIds).toBeNull();
    });
  });

  test('no two environments share a name', async () => {
    const environment = sampleEnvironment();
    await store.write(({ environments }) => environments.insert(environment));
    const twin = store.write(({ environments }) =>
      environments.insert(sampleEnvironment({ name: environment.name })),
    );
    await expect(twin).rejects.toMatchObject({ code: 'conflict' });
  });

  test('an enrollment token is found by its public key and deleted by its label alone', async () => {
    const [environment, other] = [sampleEnvironment(), sampleEnvironment()];
    const labelled = sampleEnrollmentToken(environment.id, { label: 'quickstart' });
    const plain = sampleEnrollmentToken(environment.id);
    const elsewhere = sampleEnrollmentToken(other.id, { label: 'quickstart' });
    await store.write(async ({ environments, enrollmentTokens }) => {
      for (const one of [environment, other]) await environments.insert(one);
      for (const token of [labelled, plain, elsewhere]) await enrollmentTokens.insert(token);
      expect(await enrollmentTokens.findByKey(plain.publicKey ?? bytes(32))).toEqual(plain);
      expect(await enrollmentTokens.findByKey(bytes(32))).toBeUndefined();
      expect(await enrollmentTokens.deleteLabelled(environment.id, 'quickstart')).toBe(1);
      expect(await enrollmentTokens.findByKey(labelled.publicKey ?? bytes(32))).toBeUndefined();
      expect(await enrollmentTokens.findByKey(plain.publicKey ?? bytes(32))).toEqual(plain);
      expect(await enrollmentTokens.findByKey(elsewhere.publicKey ?? bytes(32))).toEqual(elsewhere);
    });
  });

  test('tokens of an environment are listed, counted at each registration, and deleted', async () => {
    const [environment, other] = [sampleEnvironment(), sampleEnvironment()];
    const [first, second] = [1, 2].map((at) =>
      sampleEnrollmentToken(environment.id, { createdAt: new Date(at) }),
    ) as [EnrollmentToken, EnrollmentToken];
    const elsewhere = sampleEnrollmentToken(other.id);
    await store.write(async ({ environments, enrollmentTokens }) => {
      for (const one of [environment, other]) await environments.insert(one);
      for (const token of [second, first, elsewhere]) await enrollmentTokens.insert(token);
      expect(await enrollmentTokens.list(environment.id)).toEqual([first, second]);
      await enrollmentTokens.delete(first.id);
      expect(await enrollmentTokens.list(environment.id)).toEqual([second]);
      for (let count = 0; count < 2; count += 1) await enrollmentTokens.countRegistration(second.id);
      expect(await enrollmentTokens.list(environment.id)).toEqual([{ ...second, registered: 2 }]);
      expect(await enrollmentTokens.list(other.id)).toEqual([elsewhere]);
    });
  });

  test('nodes of another history are marked, listed and unmarked', async () => {
    const environment = sampleEnvironment();
    const nodes = ['b', 'a', 'c'].map((name) => sampleNode(environment.id, { name }));
    const since = new Date('2026-07-08T09:10:11.123Z');
    await store.write(async (stores) => {
      await stores.environments.insert(environment);
      for (const node of nodes) await stores.nodes.insert(node);
      for (const node of nodes.slice(0, 2)) await stores.nodes.markDiverged(node.id, { revision: 7, since });
      const marked = (node: RegisteredNode | undefined) => ({
        nodeId: node?.id,
        name: node?.name,
        environmentId: environment.id,
        revision: 7,
        since,
      });
      expect(await stores.nodes.listDiverged()).toEqual([marked(nodes[1]), marked(nodes[0])]);
      await stores.nodes.markDiverged(nodes[1]?.id ?? '', undefined);
      expect(await stores.nodes.listDiverged()).toEqual([marked(nodes[0])]);
    });
  });

  test('nodes are listed by name order, found by name, and one name is one node of its environment', async () => {
    const [environment, other] = [sampleEnvironment(), sampleEnvironment()];
    const nodes = ['b', 'a'].map((name) => sampleNode(environment.id, { name, version: '1.0.0' }));
    const namesake = sampleNode(other.id, { name: 'a', lastSeenAt: new Date() });
    await store.write(async (stores) => {
      for (const one of [environment, other]) await stores.environments.insert(one);
      for (const node of [...nodes, namesake]) await stores.nodes.insert(node);
      expect(await stores.nodes.list(environment.id)).toEqual(nodes.toReversed());
      expect(await stores.nodes.find(other.id, 'a')).toEqual(namesake);
      expect(await stores.nodes.find(other.id, 'b')).toBeUndefined();
      await stores.nodes.delete(namesake.id);
      expect(await stores.nodes.list(other.id)).toEqual([]);
    });
    const twin = store.write((stores) => stores.nodes.insert(sampleNode(environment.id, { name: 'a' })));
    await expect(twin).rejects.toMatchObject({ code: 'conflict' });
  });

  test('a deleted environment takes tokens, nodes, desired state and its part of materials along', async () => {
    const project = sampleProject();
    const [gone, kept] = [sampleEnvironment(), sampleEnvironment()];
    const both = [gone.id, kept.id];
    const token = sampleEnrollmentToken(gone.id);
    const certificate = sampleCertificate(project.id, both);
    const key = sampleCryptoKey(project.id, both);
    const keystore = sampleKeystore(project.id, both);
    await store.write(async (stores) => {
      await stores.projects.insert(project);
      for (const environment of [gone, kept]) await stores.environments.insert(environment);
      await stores.enrollmentTokens.insert(token);
      await stores.nodes.insert(sampleNode(gone.id));
      await stores.desired.putStates([{ environmentId: gone.id, revision: 1, digest: bytes(32) }]);
      await stores.desired.putMany([
        {
          environmentId: gone.id,
          kind: 'key',
          objectId: key.id,
          projectId: project.id,
          revision: 1,
          digest: bytes(32),
          sinceRevision: 1,
        },
      ]);
      await stores.certificates.insert(certificate);
      await stores.cryptoKeys.insert(key);
      await stores.keystores.insert(keystore);
    });
    await store.write(({ environments }) => environments.delete(gone.id));
    await store.read(async (stores) => {
      expect(await stores.environments.list()).toEqual([kept]);
      expect(await stores.enrollmentTokens.findByKey(token.publicKey ?? bytes(32))).toBeUndefined();
      expect(await stores.nodes.list(gone.id)).toEqual([]);
      expect((await stores.desired.state(gone.id)).revision).toBe(0);
      expect(
        await stores.desired.rowsAfter(gone.id, { afterRevision: 0, tombstonesAboveRevision: 0, limit: 10 }),
      ).toEqual([]);
      const left = [
        await stores.certificates.find(project.id, certificate.name),
        await stores.cryptoKeys.find(project.id, key.name),
        await stores.keystores.find(project.id, keystore.name),
      ];
      for (const material of left) {
        expect(material?.environments.map((placed) => placed.environmentId)).toEqual([kept.id]);
      }
    });
  });
});
