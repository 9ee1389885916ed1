// What the doctor and the metrics tell of key rings, over the rows of the real store.

import { beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import { checkRings } from '../../src/doctor/check-rings.ts';
import type { Environment, RegisteredNode } from '../../src/environments/environment-store.ts';
import { newId } from '../../src/new-id.ts';
import type { KeyRing } from '../../src/rings/ring.ts';
import type { Store } from '../../src/store/store.ts';
import {
  sampleApplication,
  sampleEnvironment,
  sampleJwk,
  sampleKeyRing,
  sampleNode,
  sampleProject,
  sampleRingMember,
} from '../store/samples.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000);
const managerId = newId();

withDatabases('of key rings the doctor', (fresh) => {
  let database: TestDatabase;
  let store: Store;
  let project: Project;
  let gate: Environment;
  let ring: KeyRing;

  beforeEach(async () => {
    database = await fresh();
    store = await database.open();
    project = sampleProject({ name: 'MyProject' });
    gate = sampleEnvironment({ name: 'gate' });
    ring = sampleKeyRing(project.id, { name: 'api-signing' });
    await store.write(async ({ projects, environments, rings, managers }) => {
      await projects.insert(project);
      await environments.insert(gate);
      await rings.insert(ring);
      await managers.beat({ id: managerId, version: '1.0.0' });
    });
  });

  const problems = async () =>
    (await store.read(checkRings)).findings.map(({ severity, problem }) => `${severity}: ${problem}`);
  const stats = () => store.read((stores) => stores.stats.stats(at(0), at(0)));
  const addNode = async (name: string, clockOffsetMs: number, serveLimitMs: number | null = 60_000) => {
    const node: RegisteredNode = sampleNode(gate.id, {
      name,
      clockOffsetMs,
      serveLimitMs,
      connected: true,
      managerId,
    });
    await store.write(({ nodes }) => nodes.insert(node));
    return node;
  };

  test('names those that are late, blocked, or held since a restore, and the metrics count them', async () => {
    expect(await problems()).toEqual([]);
    const late = sampleKeyRing(project.id, { name: 'late' });
    const held = sampleKeyRing(project.id, { name: 'held', heldBecause: 'RESTORED' });
    await store.write(async ({ rings }) => {
      for (const one of [late, held]) await rings.insert(one);
      await rings.examined(ring.id, { examineAt: null, state: 'BLOCKED', lateSince: null });
      await rings.examined(late.id, { examineAt: null, state: 'BLOCKED', lateSince: at(0) });
      await rings.examined(held.id, { examineAt: null, state: 'HELD', lateSince: null });
    });
    expect((await problems()).sort()).toEqual([
      'warning: Key ring api-signing of project MyProject waits for a node that has not confirmed its next key.',
      'warning: Key ring held of project MyProject is held since the database was restored.',
      'warning: Key ring late of project MyProject has been due for its rotation since 2023-11-14 22:13:20 UTC.',
    ]);
    const { rings, lateRings } = await stats();
    expect(rings).toEqual([
      { state: 'STEADY', count: 0 },
      { state: 'ROTATING', count: 0 },
      { state: 'BLOCKED', count: 2 },
      { state: 'HELD', count: 1 },
      { state: 'REVOKING', count: 0 },
    ]);
    expect(lateRings).toBe(1);
  });

  test('names those that nodes publish without end, and those alone that are published there', async () => {
    await addNode('g1', 0, null);
    await addNode('g2', 0);
    const elsewhere = { ...ring.policy, environmentIds: ['another'] };
    await store.write(async ({ rings }) => {
      await rings.insert(sampleKeyRing(project.id, { type: 'OCT' }));
      await rings.insert(sampleKeyRing(project.id, { policy: elsewhere }));
    });
    expect(await problems()).toEqual([
      'warning: Key ring api-signing of project MyProject is published without end by nodes that are cut off from every manager: g1 of environment gate.',
    ]);
  });

  test('names nodes whose clock is off by more than a ring allows, and those that do not sign for it', async () => {
    await addNode('near', 60_000);
    await addNode('far', -61_000);
    await addNode('lost', 301_000);
    // What was measured of its clock is of long ago.
    const away = sampleNode(gate.id, { name: 'away', clockOffsetMs: 301_000, serveLimitMs: 60_000 });
    await store.write(({ nodes }) => nodes.insert({ ...away, connected: false }));
    expect(await problems()).toEqual([
      "warning: The clock of node far of environment gate is 61 seconds behind the manager's.",
      "error: The clock of node lost of environment gate is 301 seconds ahead of the manager's, so it does not sign.",
    ]);
    expect((await stats()).environments).toMatchObject([{ name: 'gate', clockOffsetMs: 301_000 }]);
    const strict = { ...ring.policy, clockSkew: 'PT0S' };
    await store.write(({ rings }) => rings.insert(sampleKeyRing(project.id, { policy: strict })));
    expect(await problems()).toContain(
      "warning: The clock of node near of environment gate is 60 seconds ahead of the manager's.",
    );
  });

  test('names retiring keys that were used after every node had their successor', async () => {
    const application = sampleApplication(project.id);
    const member = sampleRingMember(ring.id, 1, {
      state: 'RETIRING',
      confirmedAt: at(60),
      retireAt: at(600),
    });
    const jwk = sampleJwk(project.id, { name: 'api-signing.1', member });
    await store.write(async ({ jwks, applications }) => {
      await jwks.insert(jwk);
      await applications.insert(application);
    });
    const use = (seconds: number, outcome = 'SUCCEEDED') =>
      store.write(({ applications }) =>
        applications.addUsage([
          {
            applicationId: application.id,
            jwkId: jwk.id,
            operation: 'VERIFY',
            outcome,
            count: 1,
            lastUsedAt: at(seconds),
          },
        ]),
      );
    await use(60);
    await use(90, 'INVALID');
    expect([await problems(), (await stats()).usedRetiringKeys]).toEqual([[], 0]);
    await use(61);
    expect([await problems(), (await stats()).usedRetiringKeys]).toEqual([
      [
        'warning: JWK api-signing.1 of project MyProject was last used at 2023-11-14 22:14:21 UTC, and it retires at 2023-11-14 22:23:20 UTC.',
      ],
      1,
    ]);
  });

  test('names JWKs that nodes withhold: copies of a revoked key, and no other key that has its kid', async () => {
    const key = (x: string) => JSON.stringify({ kty: 'EC', crv: 'P-256', x, y: 'y', kid: 'k1' });
    const revoked = sampleRingMember(ring.id, 1, { state: 'REVOKED' });
    const another = sampleProject({ name: 'Another' });
    await store.write(async ({ projects, jwks }) => {
      await projects.insert(another);
      await jwks.insert(
        sampleJwk(project.id, {
          name: 'api-signing.1',
          kid: 'k1',
          publicMembers: key('stolen'),
          member: revoked,
        }),
      );
      await jwks.insert(sampleJwk(another.id, { name: 'copy', kid: 'k1', publicMembers: key('stolen') }));
      await jwks.insert(sampleJwk(another.id, { name: 'other', kid: 'k1', publicMembers: key('own') }));
    });
    expect(await problems()).toEqual([
      'error: JWK copy of project Another is a key that was revoked in key ring api-signing.',
    ]);
  });
});
