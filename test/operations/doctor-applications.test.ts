// What the doctor tells of applications, over the rows of the real store.

import { beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import type { Grant } from '../../src/applications/application.ts';
import { checkApplications } from '../../src/doctor/check-applications.ts';
import type { KeyRing } from '../../src/rings/ring.ts';
import type { Store } from '../../src/store/store.ts';
import {
  sampleApplication,
  sampleEnvironment,
  sampleJwk,
  sampleKeyRing,
  sampleNode,
  sampleProject,
} from '../store/samples.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000);

withDatabases('of applications the doctor', (fresh) => {
  let database: TestDatabase;
  let store: Store;
  let project: Project;
  let ring: KeyRing;

  beforeEach(async () => {
    database = await fresh();
    store = await database.open();
    project = sampleProject({ name: 'MyProject' });
    ring = sampleKeyRing(project.id, { name: 'api-signing' });
    await store.write(async ({ projects, rings }) => {
      await projects.insert(project);
      await rings.insert(ring);
    });
  });

  const problems = async () =>
    (await store.read(checkApplications)).findings.map(({ severity, problem }) => `${severity}: ${problem}`);

  async function grant(name: string, grants: readonly Grant[]) {
    await store.write(({ applications }) =>
      applications.insert(sampleApplication(project.id, { name, grants })),
    );
  }

  const onRing = (...operations: Grant['operations']): Grant => {
    return { keyRingId: ring.id, jwkId: null, operations };
  };

  test('names a grant of SIGN_RAW on a key ring, and none on a JWK outside', async () => {
    const jwk = sampleJwk(project.id);
    await store.write(({ jwks }) => jwks.insert(jwk));
    await grant('plain', [onRing('SIGN', 'VERIFY')]);
    await grant('outside', [{ keyRingId: null, jwkId: jwk.id, operations: ['SIGN_RAW'] }]);
    expect(await problems()).toEqual([]);
    await grant('raw', [onRing('SIGN_RAW')]);
    expect(await problems()).toEqual([
      'warning: Application raw of project MyProject has SIGN_RAW on key ring api-signing.',
    ]);
  });

  test('names a grant of SIGN on a key ring that a token profile or the historical keys use', async () => {
    await grant('signs', [onRing('SIGN')]);
    await grant('verifies', [onRing('VERIFY')]);
    await database.raw(`insert into token_profiles
  (id, project_id, name, ring_id, rules, created_at, updated_at, audit_sequence)
  values ('p-1', '${project.id}', 'access', '${ring.id}', '{}', 1, 1, 0)`);
    expect(await problems()).toEqual([
      'warning: Application signs of project MyProject may sign with key ring api-signing, which is used by token profile access.',
    ]);
    await database.raw('delete from token_profiles');
    await database.raw(`update projects set historical_key_ring_name = 'api-signing'`);
    expect(await problems()).toEqual([
      'warning: Application signs of project MyProject may sign with key ring api-signing, which is used for the historical keys.',
    ]);
  });

  test('names key sets of issuers that fail', async () => {
    const refresh = {
      refreshAt: at(9),
      state: 'FRESH',
      stateSince: at(0),
      stateReason: null,
      fetchedAt: at(0),
      etag: null,
      lastModified: null,
    } as const;
    const set = {
      id: 's-1',
      projectId: project.id,
      jwksUri: 'https://issuer.example/keys',
      keys: [],
      createdAt: at(0),
      updatedAt: at(0),
      refresh,
    };
    await store.write(({ issuerKeySets }) => issuerKeySets.insert(set));
    expect(await problems()).toEqual([]);
    const failing = { ...refresh, state: 'FAILING', stateReason: 'It answered 503.' } as const;
    await store.write(({ issuerKeySets }) => issuerKeySets.putRefresh(set.id, failing));
    expect(
      await store.read(({ issuerKeySets }) => issuerKeySets.findMany(project.id, [set.jwksUri])),
    ).toEqual([{ ...set, refresh: failing }]);
    expect(await problems()).toEqual([
      'warning: https://issuer.example/keys of project MyProject has failed since 2023-11-14 22:13:20 UTC: It answered 503.',
    ]);
  });

  test('names an AES-GCM key at half of the uses that a node may make of it', async () => {
    const gate = sampleEnvironment();
    const application = sampleApplication(project.id);
    const wrapping = sampleJwk(project.id, { name: 'wrapping', type: 'OCT', algorithm: 'A256GCMKW' });
    const other = sampleJwk(project.id, { name: 'other', type: 'OCT', algorithm: 'A256KW', kid: 'k2' });
    await store.write(async ({ environments, nodes, jwks, applications }) => {
      await environments.insert(gate);
      for (const name of ['n1', 'n2']) await nodes.insert(sampleNode(gate.id, { name }));
      for (const jwk of [wrapping, other]) await jwks.insert(jwk);
      await applications.insert(application);
    });
    const encrypt = (count: number) =>
      store.write(({ applications }) =>
        applications.addUsage(
          [wrapping, other].map((jwk) => ({
            applicationId: application.id,
            jwkId: jwk.id,
            operation: 'ENCRYPT',
            outcome: 'SUCCEEDED',
            count,
            lastUsedAt: at(0),
          })),
        ),
      );
    await encrypt(2 ** 30 - 1);
    expect(await problems()).toEqual([]);
    await encrypt(1);
    expect(await problems()).toEqual([
      'warning: JWK wrapping of project MyProject has encrypted 1073741824 times; each of 2 nodes stops at 2147483648.',
    ]);
  });
});
